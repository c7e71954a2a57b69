#include "vending/held_vends.hpp"

#include <algorithm>
#include <utility>

namespace hourkey::vending {
namespace {

std::uint64_t revision_of(const auto& row) { return row ? row->revision : 0; }

held_vend clone(const held_vend& of) {
    return {.what = clone(of.what), .approval = of.approval, .rests_on = of.rests_on};
}

}  // namespace

authorisation_revisions revisions_of(const model::vend_facts& facts) {
    return {.connection = revision_of(facts.connection),
            .app_grant = revision_of(facts.app_grant),
            .any_grant = revision_of(facts.any_grant)};
}

void held_vends::put(const key& k, held_vend what, steady_time now) {
    const std::lock_guard lock(mutex_);
    if (const auto at = by_key_.find(k); at != by_key_.end()) erase(at->second);
    make_room(k.tenant);
    // A session may live shorter than it is held: an emulator's do.
    const auto held = std::min<std::chrono::nanoseconds>(kept_for, what.what.session.life / 2);
    by_age_.push_back({.of = k, .what = std::move(what), .until = now + held});
    by_key_.emplace(k, std::prev(by_age_.end()));
    ++held_by_[k.tenant];
}

std::optional<held_vend> held_vends::find(const key& k, steady_time now) {
    const std::lock_guard lock(mutex_);
    const auto at = by_key_.find(k);
    if (at == by_key_.end() || now >= at->second->until) return std::nullopt;
    return clone(at->second->what);
}

held_vends::standing held_vends::look(const key& k, steady_time now, std::optional<claim>& mine) {
    const std::lock_guard lock(mutex_);
    if (const auto at = by_key_.find(k); at != by_key_.end() && now < at->second->until) return standing::has;
    if (!claimed_.insert(k).second) return standing::busy;
    mine.emplace(claim(*this, k));
    return standing::claimed;
}

held_vends::claim::~claim() {
    if (in_ == nullptr) return;
    const std::lock_guard lock(in_->mutex_);
    in_->claimed_.erase(of_);
}

void held_vends::drop_ended(steady_time now) {
    const std::lock_guard lock(mutex_);
    for (auto at = by_age_.begin(); at != by_age_.end();) {
        const auto one = at++;
        if (now >= one->until) erase(one);
    }
}

std::size_t held_vends::size() const {
    const std::lock_guard lock(mutex_);
    return by_age_.size();
}

void held_vends::erase(entries::iterator at) {
    const auto held = held_by_.find(at->of.tenant);
    if (--held->second == 0) held_by_.erase(held);
    by_key_.erase(at->of);
    by_age_.erase(at);
}

void held_vends::make_room(const ulid& for_tenant) {
    if (const auto mine = held_by_.find(for_tenant); mine != held_by_.end() && mine->second >= most_of_tenant)
        return erase(oldest_of(for_tenant));
    if (by_age_.size() < most) return;
    const auto richest = std::ranges::max_element(held_by_, {}, [](const auto& held) { return held.second; });
    erase(oldest_of(richest->first));
}

held_vends::entries::iterator held_vends::oldest_of(const ulid& tenant) {
    return std::ranges::find_if(by_age_, [&tenant](const entry& e) { return e.of.tenant == tenant; });
}

}  // namespace hourkey::vending
