#include "server/doors/health/health_door.hpp"

#include "api/health.hpp"
#include "server/doors/json_answer.hpp"
#include "server/services.hpp"

#include <array>

namespace hourkey::server::health {
namespace {

/// What a start that reads only what it needs has not proven.
std::string_view unproven_by(store::soundness s) {
    using enum store::soundness;
    switch (s) {
        case trusted: return "The last stop was clean, so the database file was not read through at the start.";
        case doubtful: return "The last stop was not clean, and the database file has not been read through since.";
        case checking: return "The last stop was not clean; the database file is being read through in the background.";
        case sound: return {};
        case damaged: break;
    }
    return "The database file is damaged, as the log says: nothing is written any more. Stop the server and restore "
           "the last backup.";
}

/// A probe is not refused for the rest of its query.
bool is_verbose(std::string_view query) { return query == "verbose" || query.starts_with("verbose="); }

task<result<http::response>> livez(services&, call&) {
    const hourkey::api::liveness alive{.status = "alive"};
    co_return shape_answer(200, alive);
}

task<result<http::response>> readyz(services& with, call& what) {
    const auto state = with.check_readiness();
    hourkey::api::readiness told{.status = state.is_ready() ? "ready" : "not_ready",
                                 .checks = {.store_writable = state.store_writable,
                                            .audit_writable = state.audit_writable,
                                            .base_credentials_valid = state.base_credentials_valid},
                                 .store = {}};
    if (is_verbose(what.http.query))
        told.store = {.integrity = std::string(to_text(state.store_checked)),
                      .unproven = std::string(unproven_by(state.store_checked))};
    co_return shape_answer(state.is_ready() ? 200 : 503, told);
}

task<result<http::response>> metrics(services& with, call&) {
    http::response answer;
    answer.content_type = obs::metrics::content_type;
    answer.body = with.metrics.expose();
    co_return answer;
}

using policy::right;
using enum http::method;

constexpr route live{get, "/livez", right::anyone, livez};
constexpr route ready{get, "/readyz", right::anyone, readyz, query_use::read};
constexpr std::array probes{live, ready};
constexpr std::array of_the_admin{live, ready, route{get, "/metrics", right::anyone, metrics}};

}  // namespace

route_table probe_routes() noexcept { return probes; }
route_table admin_routes() noexcept { return of_the_admin; }

task<result<>> health_door::admit(call& what, const route*) {
    if (rated_ != nullptr)
        HK_CO_CHECK(
            rated_->admit_address(what.http.client.address, policy::request_purpose::ordinary, what.http.received));
    co_return result<>{};
}

}  // namespace hourkey::server::health
