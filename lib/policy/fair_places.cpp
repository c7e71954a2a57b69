#include "policy/fair_places.hpp"

#include <algorithm>

namespace hourkey::policy {

bool fair_places::enter(const ulid& tenant) {
    if (taken_ >= most_) return false;
    ++taken_;
    ++lines_[tenant].held;
    return true;
}

void fair_places::queue(const ulid& tenant, ticket t) { lines_[tenant].waiting.push_back(t); }

bool fair_places::give_up(const ulid& tenant, ticket t) {
    const auto at = lines_.find(tenant);
    if (at == lines_.end()) return false;
    auto& waiting = at->second.waiting;
    const auto mine = std::ranges::find(waiting, t);
    if (mine == waiting.end()) return false;
    waiting.erase(mine);
    forget_if_idle(at);
    return true;
}

std::optional<fair_places::ticket> fair_places::leave(const ulid& tenant) {
    const auto mine = lines_.find(tenant);
    --mine->second.held;
    auto next = lines_.end();
    for (auto at = lines_.begin(); at != lines_.end(); ++at) {
        if (at->second.waiting.empty()) continue;
        const bool is_better =
            next == lines_.end() || at->second.held < next->second.held ||
            (at->second.held == next->second.held && at->second.waiting.front() < next->second.waiting.front());
        if (is_better) next = at;
    }
    std::optional<ticket> entered;
    if (next == lines_.end()) {
        --taken_;
    } else {
        entered = next->second.waiting.front();
        next->second.waiting.pop_front();
        ++next->second.held;
    }
    forget_if_idle(mine);
    return entered;
}

void fair_places::forget_if_idle(lines::iterator at) {
    if (at->second.held == 0 && at->second.waiting.empty()) lines_.erase(at);
}

}  // namespace hourkey::policy
