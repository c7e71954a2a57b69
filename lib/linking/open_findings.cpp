#include "linking/open_findings.hpp"

#include <utility>

namespace hourkey::linking {

bool lowers_trust(model::connection_state found) noexcept {
    return found == model::connection_state::broken || found == model::connection_state::insecure_trust;
}

bool is_same_link(const model::connection& seen, const model::connection& c) noexcept {
    return seen.role_arn == c.role_arn && seen.external_id == c.external_id && seen.region == c.region;
}

open_findings::ticket open_findings::add(finding f) {
    const std::scoped_lock lock(mutex_);
    const auto number = next_++;
    entries_.try_emplace(number, entry{.what = std::move(f)});
    count_.store(entries_.size(), std::memory_order_release);
    return number;
}

void open_findings::put_down(ticket t) {
    const std::scoped_lock lock(mutex_);
    if (const auto known = entries_.find(t); known != entries_.end()) known->second.is_in_hand = false;
}

void open_findings::settle(ticket t) {
    const std::scoped_lock lock(mutex_);
    entries_.erase(t);
    count_.store(entries_.size(), std::memory_order_release);
}

template <class Wanted>
std::vector<open_findings::held> open_findings::take_if(Wanted is_wanted) {
    std::vector<held> out;
    if (is_empty()) return out;
    const std::scoped_lock lock(mutex_);
    for (auto& [number, e] : entries_) {
        if (e.is_in_hand || !is_wanted(e.what)) continue;
        e.is_in_hand = true;
        out.push_back({number, e.what});
    }
    return out;
}

std::vector<open_findings::held> open_findings::take() {
    return take_if([](const finding&) { return true; });
}

std::vector<open_findings::held> open_findings::take_of(const model::connection& c) {
    return take_if([&c](const finding& f) { return is_same_link(f.seen, c); });
}

std::vector<open_findings::held> open_findings::all() const {
    std::vector<held> out;
    const std::scoped_lock lock(mutex_);
    for (const auto& [number, e] : entries_) out.push_back({number, e.what});
    return out;
}

void open_findings::apply_to(model::connection& c) const {
    if (is_empty()) return;
    const std::scoped_lock lock(mutex_);
    for (const auto& [number, e] : entries_) {
        if (!is_same_link(e.what.seen, c)) continue;
        c.state = e.what.state;
        if (c.state == model::connection_state::insecure_trust) return;
    }
}

}  // namespace hourkey::linking
