#pragma once

#include "core/network_prefix.hpp"

#include <boost/intrusive/list.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

namespace hourkey::net {

/// Who holds how much of something that is scarce: members counted by address, and those of IPv6 by /48, /56 and /64
/// within each other. Pure, no clock; not thread-safe.
class crowd {
    struct group;

public:
    /// One thing held. Lives elsewhere, and leaves before it ends.
    class member : public boost::intrusive::list_base_hook<> {
    public:
        [[nodiscard]] bool is_in() const noexcept { return at_ != nullptr; }

    private:
        friend class crowd;
        group* at_ = nullptr;
    };

    /// From whom one may be taken for a newcomer.
    enum class claim {
        fair_share,  ///< only from who holds at least two more than the newcomer's own part of the network
        any_share    ///< from who holds most, the newcomer's own part included
    };

    crowd();
    ~crowd();

    void add(member& m, const network_prefixes& from);
    void remove(member& m);
    [[nodiscard]] std::size_t size() const noexcept;
    /// Of the narrowest prefix.
    [[nodiscard]] std::size_t held_by(const network_prefixes& from) const;

    /// The oldest member that `may_go`, of the prefix that holds most: of the widest ones first, then within it. Of
    /// those that hold as much the one that has for longest. Null when there is none.
    [[nodiscard]] member* find_leaver(const network_prefixes& newcomer, claim c,
                                      const std::function<bool(const member&)>& may_go) const;

private:
    struct fuller {
        bool operator()(const group* a, const group* b) const noexcept;
    };
    struct group {
        group* above = nullptr;
        network_prefix prefix;
        std::size_t size = 0;
        std::uint64_t since = 0;  ///< when its size changed last
        std::unordered_map<network_prefix, std::unique_ptr<group>> below;
        std::set<const group*, fuller> fullest_first;  ///< of `below`
        /// Oldest first; of the narrowest prefix.
        boost::intrusive::list<member, boost::intrusive::constant_time_size<false>> members;
    };

    using path = std::vector<network_prefix>;  ///< the widest first
    [[nodiscard]] static path path_of(const network_prefixes& from);
    void resize(group& g, std::ptrdiff_t by);
    [[nodiscard]] static member* find_in(const group& g, const path* newcomer, std::size_t depth, claim c,
                                         const std::function<bool(const member&)>& may_go);

    group root_;
    std::uint64_t changes_ = 0;
};

}  // namespace hourkey::net
