#include "policy/refusal_counts.hpp"

#include <algorithm>
#include <utility>

namespace hourkey::policy {

refusal_counts::key refusal_counts::rest_of(const model::audit_record& refusal) {
    return {.tenant = refusal.tenant_id, .token = {}, .connection = {}, .reason = refusal.reason, .is_rest = true};
}

refusal_counts::key refusal_counts::own_of(const model::audit_record& refusal) {
    return {.tenant = refusal.tenant_id,
            .token = refusal.token_id,
            .connection = refusal.connection,
            .reason = refusal.reason};
}

refusal_counts::key refusal_counts::key_for(const model::audit_record& refusal) const {
    auto own = own_of(refusal);
    if (open_.contains(own)) return own;
    const auto held = held_.find(refusal.tenant_id);
    return held != held_.end() && held->second >= most_of_tenant ? rest_of(refusal) : own;
}

refusal_counts::verdict refusal_counts::take(const model::audit_record& refusal, steady_time now) {
    const std::lock_guard lock(mutex_);
    auto k = key_for(refusal);
    auto at = open_.find(k);
    if (at != open_.end() && now - at->second.since >= window) {
        end(at);
        at = open_.end();
    }
    if (at == open_.end()) {
        if (open_.size() >= most && !make_room(refusal.tenant_id)) {
            k = rest_of(refusal);
            at = open_.find(k);
        }
        if (at == open_.end()) {
            at = open_.emplace(std::move(k), open_window{.since = now, .last = {}}).first;
            if (!at->first.is_rest) ++held_[refusal.tenant_id];
        }
    }
    auto& w = at->second;
    if (!w.is_on_record) return verdict::record;
    ++w.more;
    ++counted_;
    w.last = refusal;
    if (at->first.is_rest) {
        w.last.token_id = {};
        w.last.actor_role.reset();
        for (auto* what : {&w.last.app, &w.last.connection, &w.last.role_arn, &w.last.session_name}) what->clear();
    }
    return verdict::counted;
}

void refusal_counts::settle(const model::audit_record& refusal, bool is_durable) {
    if (!is_durable) return;
    const std::lock_guard lock(mutex_);
    auto at = open_.find(own_of(refusal));
    if (at == open_.end()) at = open_.find(rest_of(refusal));
    if (at != open_.end()) at->second.is_on_record = true;
}

/// The oldest window of whoever has most; false when that is `for_tenant` itself.
bool refusal_counts::make_room(const ulid& for_tenant) {
    const auto richest = std::ranges::max_element(held_, {}, [](const auto& entry) { return entry.second; });
    const auto mine = held_.find(for_tenant);
    if (richest == held_.end() || (mine != held_.end() && mine->second >= richest->second)) return false;
    auto oldest = open_.end();
    for (auto at = open_.lower_bound(key{.tenant = richest->first, .token = {}, .connection = {}, .reason = {}});
         at != open_.end() && at->first.tenant == richest->first; ++at)
        if (!at->first.is_rest && (oldest == open_.end() || at->second.since < oldest->second.since)) oldest = at;
    if (oldest == open_.end()) return false;
    end(oldest);
    return true;
}

void refusal_counts::end(windows::iterator at) {
    if (at->second.more != 0) {
        at->second.last.count = at->second.more;
        keep(at->first, std::move(at->second.last));
    }
    if (!at->first.is_rest) {
        const auto held = held_.find(at->first.tenant);
        if (--held->second == 0) held_.erase(held);
    }
    open_.erase(at);
}

void refusal_counts::keep(key k, model::audit_record count) {
    if (const auto at = ended_.find(k); at != ended_.end()) {
        count.count += at->second.count;
        at->second = std::move(count);
    } else if (ended_.size() < most) {
        ended_.emplace(std::move(k), std::move(count));
    } else {
        lost_ += count.count;
    }
}

std::vector<model::audit_record> refusal_counts::collect(steady_time now) {
    const std::lock_guard lock(mutex_);
    for (auto at = open_.begin(); at != open_.end();) {
        const auto one = at++;
        if (now - one->second.since >= window) end(one);
    }
    std::vector<model::audit_record> out;
    for (auto& [k, record] : std::exchange(ended_, {})) out.push_back(std::move(record));
    return out;
}

std::vector<model::audit_record> refusal_counts::collect_all() { return collect(steady_time::max()); }

void refusal_counts::put_back(std::vector<model::audit_record> counts) {
    const std::lock_guard lock(mutex_);
    for (auto& one : counts) {
        key k{.tenant = one.tenant_id,
              .token = one.token_id,
              .connection = one.connection,
              .reason = one.reason,
              .is_rest = one.token_id.is_nil()};
        if (const auto at = ended_.find(k); at != ended_.end())
            at->second.count += one.count;  // it has gone on meanwhile: the later one stays
        else
            keep(std::move(k), std::move(one));
    }
}

std::uint64_t refusal_counts::counted() const {
    const std::lock_guard lock(mutex_);
    return counted_;
}

std::uint64_t refusal_counts::lost() const {
    const std::lock_guard lock(mutex_);
    return lost_;
}

}  // namespace hourkey::policy
