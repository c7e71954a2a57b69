#include "net/crowd.hpp"

#include <algorithm>
#include <utility>

namespace hourkey::net {

bool crowd::fuller::operator()(const group* a, const group* b) const noexcept {
    return a->size != b->size ? a->size > b->size : a->since < b->since;  // `since` is never the same of two
}

crowd::crowd() = default;

crowd::~crowd() {
    // What is still in outlives this.
    const std::function<void(group&)> forget = [&](group& g) {
        for (auto& m : g.members) m.at_ = nullptr;
        g.members.clear();
        for (auto& [prefix, below] : g.below) forget(*below);
    };
    forget(root_);
}

crowd::path crowd::path_of(const network_prefixes& from) {
    const auto all = from.all();
    return {all.rbegin(), all.rend()};
}

void crowd::resize(group& g, std::ptrdiff_t by) {
    auto node = g.above == nullptr ? decltype(g.fullest_first)::node_type{} : g.above->fullest_first.extract(&g);
    g.size = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(g.size) + by);
    g.since = ++changes_;
    if (!node.empty()) g.above->fullest_first.insert(std::move(node));
}

void crowd::add(member& m, const network_prefixes& from) {
    auto* at = &root_;
    for (const auto& prefix : path_of(from)) {
        auto& below = at->below[prefix];
        if (!below) {
            below = std::make_unique<group>();
            below->above = at;
            below->prefix = prefix;
            below->since = ++changes_;
            at->fullest_first.insert(below.get());
        }
        at = below.get();
    }
    at->members.push_back(m);
    m.at_ = at;
    for (; at != nullptr; at = at->above) resize(*at, 1);
}

void crowd::remove(member& m) {
    auto* at = std::exchange(m.at_, nullptr);
    if (at == nullptr) return;
    at->members.erase(at->members.iterator_to(m));
    while (at != nullptr) {
        resize(*at, -1);
        auto* above = at->above;
        if (above != nullptr && at->size == 0) {
            above->fullest_first.erase(at);
            above->below.erase(network_prefix(at->prefix));  // a copy: the key goes with the group
        }
        at = above;
    }
}

std::size_t crowd::size() const noexcept { return root_.size; }

std::size_t crowd::held_by(const network_prefixes& from) const {
    const auto* at = &root_;
    for (const auto& prefix : path_of(from)) {
        const auto below = at->below.find(prefix);
        if (below == at->below.end()) return 0;
        at = below->second.get();
    }
    return at->size;
}

crowd::member* crowd::find_leaver(const network_prefixes& newcomer, claim c,
                                  const std::function<bool(const member&)>& may_go) const {
    const auto whose = path_of(newcomer);
    return find_in(root_, &whose, 0, c, may_go);
}

/// `newcomer` null: `g` is another's, and all in it holds too much.
crowd::member* crowd::find_in(const group& g, const path* newcomer, std::size_t depth, claim c,
                              const std::function<bool(const member&)>& may_go) {
    if (g.below.empty()) {
        if (newcomer != nullptr && c == claim::fair_share) return nullptr;
        const auto found = std::ranges::find_if(g.members, may_go);
        return found == g.members.end() ? nullptr : const_cast<member*>(&*found);
    }
    std::size_t own = 0;
    if (newcomer != nullptr && c == claim::fair_share) {
        if (const auto mine = g.below.find((*newcomer)[depth]); mine != g.below.end()) own = mine->second->size;
    }
    for (const auto* below : g.fullest_first) {
        const bool is_own = newcomer != nullptr && below->prefix == (*newcomer)[depth];
        if (newcomer != nullptr && c == claim::fair_share && !is_own && below->size < own + 2) break;
        if (auto* found = find_in(*below, is_own ? newcomer : nullptr, depth + 1, c, may_go)) return found;
    }
    return nullptr;
}

}  // namespace hourkey::net
