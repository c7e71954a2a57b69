#include "linking/open_findings.hpp"

#include <algorithm>
#include <utility>

namespace hourkey::linking {

bool lowers_trust(model::connection_state found) noexcept {
    return found == model::connection_state::broken || found == model::connection_state::insecure_trust;
}

open_findings::link open_findings::link_of(const model::connection& c) { return {c.external_id, c.role_arn, c.region}; }

bool is_same_link(const model::connection& seen, const model::connection& c) noexcept {
    return seen.role_arn == c.role_arn && seen.external_id == c.external_id && seen.region == c.region;
}

void open_findings::add(finding f) {
    const std::scoped_lock lock(mutex_);
    auto [at, is_new] = by_link_.try_emplace(link_of(f.seen), f);
    if (!is_new) {
        // Both verifications are recorded, and an open role is believed whichever ends first.
        auto& held = at->second;
        std::ranges::move(held.records, std::back_inserter(f.records));
        if (held.state == model::connection_state::insecure_trust) f.state = held.state;
        f.at = std::max(f.at, held.at);
        held = std::move(f);
    }
    count_.store(by_link_.size(), std::memory_order_release);
}

void open_findings::settle(const model::connection& seen, wall_time at) {
    const std::scoped_lock lock(mutex_);
    const auto known = by_link_.find(link_of(seen));
    if (known == by_link_.end() || known->second.at > at) return;
    by_link_.erase(known);
    count_.store(by_link_.size(), std::memory_order_release);
}

void open_findings::apply_to(model::connection& c) const {
    if (is_empty()) return;
    const std::scoped_lock lock(mutex_);
    if (const auto known = by_link_.find(link_of(c)); known != by_link_.end()) c.state = known->second.state;
}

std::vector<finding> open_findings::all() const {
    std::vector<finding> out;
    if (is_empty()) return out;
    const std::scoped_lock lock(mutex_);
    for (const auto& [link, f] : by_link_) out.push_back(f);
    return out;
}

}  // namespace hourkey::linking
