#pragma once

#include "server/doors/door.hpp"

namespace hourkey::server::health {

/// Whether it lives and is ready.
[[nodiscard]] route_table probe_routes() noexcept;
/// The same, and what Prometheus scrapes.
[[nodiscard]] route_table admin_routes() noexcept;

/// Open to whoever reaches it.
class health_door final : public door {
public:
    explicit health_door(route_table routes) noexcept : routes_(routes) {}
    [[nodiscard]] route_table routes() const noexcept override { return routes_; }
    task<result<>> admit(call& what, const route* to) override;

private:
    route_table routes_;
};

}  // namespace hourkey::server::health
