#include "linking/open_findings.hpp"

#include <algorithm>
#include <utility>

namespace hourkey::linking {

bool lowers_trust(model::connection_state found) noexcept {
    return found == model::connection_state::broken || found == model::connection_state::insecure_trust;
}

bool is_same_link(const model::connection& seen, const model::connection& c) noexcept {
    return seen.role_arn == c.role_arn && seen.external_id == c.external_id && seen.region == c.region;
}

void open_findings::add(finding f) {
    const std::scoped_lock lock(mutex_);
    const auto known = by_external_id_.find(f.seen.external_id);
    if (known == by_external_id_.end()) {
        auto key = f.seen.external_id;
        by_external_id_.emplace(std::move(key), std::move(f));
    } else {
        // Both verifications are recorded, and an open role is believed whichever ends first.
        auto& held = known->second;
        std::ranges::move(held.records, std::back_inserter(f.records));
        const bool stays = is_same_link(held.seen, f.seen) && held.state == model::connection_state::insecure_trust;
        if (stays) f.state = held.state;
        held = std::move(f);
    }
    count_.store(by_external_id_.size(), std::memory_order_release);
}

void open_findings::settle(const model::connection& seen, wall_time at) {
    const std::scoped_lock lock(mutex_);
    const auto known = by_external_id_.find(seen.external_id);
    if (known == by_external_id_.end() || !is_same_link(known->second.seen, seen) || known->second.at > at) return;
    by_external_id_.erase(known);
    count_.store(by_external_id_.size(), std::memory_order_release);
}

void open_findings::apply_to(model::connection& c) const {
    if (is_empty()) return;
    const std::scoped_lock lock(mutex_);
    const auto known = by_external_id_.find(c.external_id);
    if (known != by_external_id_.end() && is_same_link(known->second.seen, c)) c.state = known->second.state;
}

std::vector<finding> open_findings::all() const {
    std::vector<finding> out;
    if (is_empty()) return out;
    const std::scoped_lock lock(mutex_);
    for (const auto& [id, f] : by_external_id_) out.push_back(f);
    return out;
}

}  // namespace hourkey::linking
