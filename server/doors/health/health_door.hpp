#pragma once

#include "policy/rate_limits.hpp"
#include "server/doors/door.hpp"

namespace hourkey::server::health {

/// Whether it lives and is ready.
[[nodiscard]] route_table probe_routes() noexcept;
/// The same, and what Prometheus scrapes.
[[nodiscard]] route_table admin_routes() noexcept;

/// Open to whoever reaches it, within the address' rate where there is one.
class health_door final : public door {
public:
    explicit health_door(route_table routes, policy::rate_limits* rated = nullptr) noexcept
        : routes_(routes), rated_(rated) {}
    [[nodiscard]] route_table routes() const noexcept override { return routes_; }
    task<result<>> admit(call& what, const route* row) override;

private:
    route_table routes_;
    policy::rate_limits* rated_;
};

}  // namespace hourkey::server::health
