#pragma once

#include "http/server.hpp"
#include "server/routes.hpp"
#include "server/services.hpp"

#include <set>
#include <vector>

namespace hourkey::server {

/// One door on one reactor: from an HTTP request to a route's handler and back. Authenticates, checks the route's right,
/// renders failures, logs one line a request.
class api_service final : public http::service {
public:
    api_service(net::reactor& on, door d, services& with, const std::vector<obs::request_counter::route_id>& metric_routes);

    task<http::response> answer(const http::request& r) override;
    http::response refuse(const failure& why, const net::peer& from) override;
    void finished(const http::request* r, const http::response& a, bool delivered, std::chrono::steady_clock::duration took) noexcept override;

private:
    task<result<http::response>> handle(call& what, matched& to);
    task<> pause(deadline until);
    task<result<>> identify(call& what, const route& to);
    task<failure> record_refusal(call& what, const model::token& known, failure why);
    result<> resolve_tenant(call& what);
    [[nodiscard]] bool may_touch(const model::caller& who) const;
    task<> touch(ulid tenant, ulid token, wall_time used_at);

    net::reactor& reactor_;
    door door_;
    services& with_;
    const std::vector<obs::request_counter::route_id>& metric_routes_;
    std::set<std::pair<ulid, ulid>> touching_;  ///< tenant and token whose last use is being written
};

/// Registers a door's routes with the metrics, in the table's order; before serving begins.
[[nodiscard]] std::vector<obs::request_counter::route_id> register_routes(door d, obs::metrics& with);

}  // namespace hourkey::server
