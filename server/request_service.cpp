#include "server/request_service.hpp"

#include "obs/log.hpp"
#include "obs/request_id.hpp"
#include "server/doors/error_answer.hpp"
#include "server/doors/route_match.hpp"

namespace hourkey::server {
namespace {

constexpr std::string_view request_id_header = "X-Request-Id";
/// Of an answer to whoever is above their rate. A client's connections are capped, so this caps what its refusals cost.
constexpr std::chrono::seconds refusal_pause{1};

std::string_view header_of(const http::response& a, std::string_view name) {
    for (const auto& h : a.headers)
        if (h.name == name) return h.value;
    return {};
}

/// Only what can be a name or an id of ours: someone who errs may well put a secret where the name belongs.
std::string_view loggable(std::string_view parameter) {
    return is_name(parameter) || ulid::parse(parameter) ? parameter : std::string_view();
}

std::string_view outcome_of(const std::optional<failure>& why) {
    if (!why) return "ok";
    return is_denial(why->code) ? "denied" : "error";
}

std::string_view path_of(const route* row) { return row == nullptr ? "(none)" : row->path; }

/// Late, so that whoever does not wait as told cannot keep the server busy with refusals.
void hold_back(http::response& a, const failure& why) {
    if (why.code == errc::rate_limited) a.pause = refusal_pause;
}

void log_request(const call& what, const route* row, const http::response& a, const std::optional<failure>& why,
                 std::chrono::steady_clock::duration took) {
    const auto ms = std::chrono::duration<double, std::milli>(took).count();
    const auto level = a.status >= 500 ? obs::level::warn : obs::level::info;
    const std::string_view tenant = what.tenant          ? what.tenant->str()
                                    : what.caller.tenant ? what.caller.tenant->str()
                                                         : std::string_view();
    const std::string_view app = what.caller.app ? what.caller.app->str() : std::string_view();
    obs::log(level, "request",
             {{"request_id", what.request_id},
              {"method", to_text(what.http.verb)},
              {"route", path_of(row)},
              {"status", a.status},
              {"ms", ms},
              {"client", what.http.client.address},
              {"tenant", tenant},
              {"app", app},
              {"name", what.connection ? std::string_view(what.connection->str()) : loggable(what.parameters[0])},
              {"outcome", outcome_of(why)},
              {"code", why ? describe(why->code).api : std::string_view()},
              {"cause", why ? std::string_view(why->cause) : std::string_view()}});
}

}  // namespace

request_service::request_service(mounted_doors doors, services& with, const metric_routes& known_as)
    : doors_(std::move(doors)), with_(with), known_as_(known_as) {}

metric_routes register_routes(opening o, obs::metrics& with) {
    metric_routes ids;
    for (const auto& r : routes_of(o)) ids.push_back(with.http_requests.add_route(to_text(r.verb), r.path));
    return ids;
}

task<http::response> request_service::answer(const http::request& r) {
    const auto now = with_.clock.now();
    call what{.http = r,
              .request_id = obs::next_request_id(now).str(),
              .now = now,
              .caller = {},
              .basis = {},
              .tenant = {},
              .tenant_id = {},
              .parameters = {}};
    route_match found;
    auto done = co_await handle(what, found);
    std::optional<failure> why;
    http::response a;
    if (done) {
        a = *std::move(done);
    } else {
        why = std::move(done).error();
        a = found.at->refusal(*why, what, found.row);
        hold_back(a, *why);
    }
    a.headers.push_back({std::string(request_id_header), what.request_id});
    if (a.status == 405) a.headers.push_back({"Allow", methods_of(r.path)});

    const auto took = with_.clock.steady_now() - r.received;
    with_.metrics.http_requests.add(found.row == nullptr ? obs::request_counter::no_route : known_as_[found.number],
                                    a.status);
    with_.metrics.http_request_duration.observe(took);
    log_request(what, found.row, a, why, took);
    co_return a;
}

http::response request_service::refuse(const failure& unread, const net::peer& from) {
    const auto rated = doors_.back()->admit_unread(from.address, with_.clock.steady_now());
    const auto& why = rated ? unread : rated.error();
    const auto id = obs::next_request_id(with_.clock.now()).str();
    auto a = error_answer(why, id);
    hold_back(a, why);
    a.headers.push_back({std::string(request_id_header), id});
    with_.metrics.http_requests.add(obs::request_counter::no_route, a.status);
    obs::log(a.status >= 500 ? obs::level::warn : obs::level::info, "request refused",
             {{"request_id", id},
              {"status", a.status},
              {"client", from.address},
              {"outcome", outcome_of(why)},
              {"code", describe(why.code).api},
              {"cause", why.cause}});
    return a;
}

void request_service::finished(const http::request*, const http::response& a, bool delivered,
                               std::chrono::steady_clock::duration) noexcept {
    // A granted record whose credentials did not arrive over-reports, which is the safe side; the log tells which.
    if (!delivered)
        obs::log(obs::level::warn, "answer not delivered",
                 {{"request_id", header_of(a, request_id_header)}, {"status", a.status}});
}

task<result<http::response>> request_service::handle(call& what, route_match& found) {
    const auto looked = find(what, found);
    HK_CO_CHECK(co_await found.at->admit(what, found.row));
    HK_CO_CHECK(looked);
    co_return co_await found.row->handle(with_, what);
}

/// On a failure `found` has no row, and the door that judges who asks.
result<> request_service::find(call& what, route_match& found) {
    std::size_t before = 0;
    for (const auto& d : doors_) {
        found.at = d.get();
        const auto table = d->routes();
        HK_TRY(const auto* row, match(table, what));
        if (row != nullptr) {
            found.row = row;
            found.number = before + static_cast<std::size_t>(row - table.data());
            return {};
        }
        before += table.size();
    }
    const auto others = methods_of(what.http.path);
    if (!others.empty()) return failure(errc::method_not_allowed, {}, "Use " + others + ".");
    return failure(errc::not_found, "There is no such path.", "See docs/API.md for the paths.");
}

std::string request_service::methods_of(std::string_view path) const {
    for (const auto& d : doors_)
        if (auto all = server::methods_of(d->routes(), path); !all.empty()) return all;
    return {};
}

}  // namespace hourkey::server
