#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "http/message.hpp"
#include "server/doors/call.hpp"
#include "server/doors/route.hpp"

#include <string_view>

namespace hourkey::server {

/// A protocol that hourkey speaks: its routes, who is let in, and what a refusal looks like. One of each kind a
/// reactor. Doors do not know each other; server/mounts.cpp says which of them answer where.
class door {
public:
    virtual ~door() = default;
    [[nodiscard]] virtual route_table routes() const noexcept = 0;
    /// Before the route's handler runs: who asks, and whether they may. `row` is null for a path that no mounted door
    /// has; the last of the mounted judges who asks for such a one, for that is not free either.
    virtual task<result<>> admit(call& what, const route* row) = 0;
    /// Before a request is answered that was refused unread, and so has no route: the last of the mounted judges.
    [[nodiscard]] virtual result<> admit_unread(std::string_view /*address*/, steady_time /*now*/) { return {}; }
    /// In this protocol's shape; hourkey's own, unless a door has another.
    [[nodiscard]] virtual http::response refusal(failure why, const call& what, const route* row) const;
};

}  // namespace hourkey::server
