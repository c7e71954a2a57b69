#pragma once

#include "core/ulid.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>

namespace hourkey::policy {

/// Places that tenants share: one alone may have all of them; while others wait, a place that becomes free goes to
/// whoever holds fewest. Decides only; whoever waits is known by a ticket of the caller's.
class fair_places {
public:
    using ticket = std::uint64_t;

    explicit fair_places(std::size_t most) : most_(most) {}

    /// False when there is none: then queue() up.
    [[nodiscard]] bool enter(const ulid& tenant);
    void queue(const ulid& tenant, ticket t);
    /// Waits no longer. False: it has been given a place meanwhile, which is the tenant's to leave.
    [[nodiscard]] bool give_up(const ulid& tenant, ticket t);
    /// Gives a place back; it passes to the ticket that is returned.
    [[nodiscard]] std::optional<ticket> leave(const ulid& tenant);

    [[nodiscard]] std::size_t taken() const noexcept { return taken_; }
    [[nodiscard]] bool is_idle() const noexcept { return lines_.empty(); }

private:
    struct line {
        std::size_t held = 0;
        std::list<ticket> waiting;
    };
    using lines = std::map<ulid, line>;
    void forget_if_idle(lines::iterator at);

    std::size_t most_;
    std::size_t taken_ = 0;
    lines lines_;
};

}  // namespace hourkey::policy
