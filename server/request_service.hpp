#pragma once

#include "http/server.hpp"
#include "obs/server_metrics.hpp"
#include "server/mounts.hpp"
#include "server/services.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace hourkey::server {

/// The routes of an opening as the metrics know them, in the order of its doors and their tables.
using metric_routes = std::vector<obs::request_counter::route_id>;

/// The doors of one opening on one reactor: from an HTTP request to a route's handler and back. What is the same for
/// every protocol: the request's id, its metrics, its line in the log.
class request_service final : public http::service {
public:
    request_service(mounted_doors doors, services& with, const metric_routes& known_as);

    task<http::response> answer(const http::request& r) override;
    http::response refuse(const failure& unread, const net::peer& from) override;
    void finished(const http::request* r, const http::response& a, bool delivered,
                  std::chrono::steady_clock::duration took) noexcept override;

private:
    struct route_match {
        door* at = nullptr;  ///< the last one for a path that none has
        const route* row = nullptr;
        std::size_t number = 0;  ///< in metric_routes
    };
    result<> find(call& what, route_match& found);
    task<result<http::response>> handle(call& what, route_match& found);
    [[nodiscard]] std::string methods_of(std::string_view path) const;

    mounted_doors doors_;
    services& with_;
    const metric_routes& known_as_;
};

/// Registers an opening's routes; before serving begins.
[[nodiscard]] metric_routes register_routes(opening o, obs::metrics& with);

}  // namespace hourkey::server
