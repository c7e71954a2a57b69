#include "server/api_service.hpp"

#include "obs/log.hpp"
#include "obs/request_id.hpp"
#include "server/hint.hpp"
#include "server/query.hpp"

#include <unistd.h>

namespace hourkey::server {
namespace {

constexpr std::string_view request_id_header = "X-Request-Id";
/// Of an answer to whoever is above their rate. A client's connections are capped, so this caps what its refusals cost.
constexpr std::chrono::seconds refusal_pause{1};
/// Of a reactor.
constexpr std::size_t most_touches_of_a_tenant = 8;

std::string_view header_of(const http::response& a, std::string_view name) {
    for (const auto& h : a.headers)
        if (h.name == name) return h.value;
    return {};
}

/// Only what can be a name or an id of ours: someone who errs may well put a secret where the name belongs.
std::string_view loggable(std::string_view parameter) { return is_name(parameter) || ulid::parse(parameter) ? parameter : std::string_view(); }

std::string_view outcome_of(const std::optional<failure>& why) {
    if (!why) return "ok";
    return is_denial(why->code) ? "denied" : "error";
}

std::string_view path_of(const route* to) { return to == nullptr ? "(none)" : to->path; }

/// Nothing that a caller says is passed over in silence.
result<> refuse_query(std::string_view raw) {
    HK_TRY(const auto given, query::parse(raw));
    return given.finish();
}

void log_request(const call& what, const matched& to, const http::response& a, const std::optional<failure>& why, std::chrono::steady_clock::duration took) {
    const auto ms = std::chrono::duration<double, std::milli>(took).count();
    const auto level = a.status >= 500 ? obs::level::warn : obs::level::info;
    const std::string_view tenant = what.tenant ? what.tenant->str() : what.caller.tenant ? what.caller.tenant->str() : std::string_view();
    const std::string_view app = what.caller.app ? what.caller.app->str() : std::string_view();
    obs::log(level, "request",
             {{"request_id", what.request_id},
              {"method", to_text(what.http.verb)},
              {"route", path_of(to.to)},
              {"status", a.status},
              {"ms", ms},
              {"client", what.http.client.address},
              {"tenant", tenant},
              {"app", app},
              {"name", loggable(what.parameters[0])},
              {"outcome", outcome_of(why)},
              {"code", why ? describe(why->code).api : std::string_view()},
              {"cause", why ? std::string_view(why->cause) : std::string_view()}});
}

}  // namespace

api_service::api_service(net::reactor& on, door d, services& with, const std::vector<obs::request_counter::route_id>& metric_routes)
    : reactor_(on), door_(d), with_(with), metric_routes_(metric_routes) {}

std::vector<obs::request_counter::route_id> register_routes(door d, obs::metrics& with) {
    std::vector<obs::request_counter::route_id> ids;
    for (const auto& r : routes_of(d)) ids.push_back(with.http_requests.add_route(to_text(r.verb), r.path));
    return ids;
}

task<http::response> api_service::answer(const http::request& r) {
    const auto now = with_.clock.now();
    call what{.http = r, .request_id = obs::next_request_id(now).str(), .now = now, .epoch = 0, .caller = {}, .tenant = {}, .tenant_id = {}, .parameters = {}};
    matched to;
    auto done = co_await handle(what, to);
    const auto spelling = to.to == nullptr ? error_spelling::standard : to.to->errors;
    std::optional<failure> why;
    http::response a;
    if (done) {
        a = *std::move(done);
    } else {
        why = std::move(done).error();
        why->hint = why->hint.empty() && why->code == errc::not_found ? where_to_look(to.to, what) : fill_in(why->hint, to.to, what);
        // Late, so that whoever does not wait as told cannot keep the server busy with refusals.
        if (why->code == errc::rate_limited) co_await pause(r.until);
        a = error_answer(*why, what.request_id, spelling);
    }
    a.headers.push_back({std::string(request_id_header), what.request_id});
    if (a.status == 405) a.headers.push_back({"Allow", methods_of(door_, r.path)});

    const auto took = with_.clock.steady_now() - r.received;
    with_.metrics.http_requests.add(to.to == nullptr ? obs::request_counter::no_route : metric_routes_[to.index], a.status);
    with_.metrics.http_request_duration.observe(took);
    log_request(what, to, a, why, took);
    co_return a;
}

http::response api_service::refuse(const failure& why, const net::peer& from) {
    const auto id = obs::next_request_id(with_.clock.now()).str();
    auto a = error_answer(why, id);
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

void api_service::finished(const http::request*, const http::response& a, bool delivered, std::chrono::steady_clock::duration) noexcept {
    // A granted record whose credentials did not arrive over-reports, which is the safe side; the log tells which.
    if (!delivered) obs::log(obs::level::warn, "answer not delivered", {{"request_id", header_of(a, request_id_header)}, {"status", a.status}});
}

task<> api_service::pause(deadline until) {
    net::steady_timer waiting(reactor_.get_executor(), refusal_pause);
    waiting.expires_at(std::min(waiting.expiry(), until.at()));
    co_await waiting.async_wait(as_task_tuple);
}

task<result<http::response>> api_service::handle(call& what, matched& to) {
    auto found = match(door_, what);
    if (found) to = *found;
    const auto purpose = found ? purpose_of(*to.to) : policy::request_purpose::ordinary;
    using standing = policy::rate_limits::address_standing;
    auto address = standing::within_rate;
    if (door_ == door::main && !(found && to.to->needs == policy::right::anyone)) {
        HK_CO_TRY(address, with_.rates.admit_address(what.http.client.address, purpose, what.http.received));
    }
    if (!found) co_return std::move(found).error();
    if (door_ == door::control) {
        // The socket's mode keeps others out; this holds where a file system does not honour modes.
        const auto uid = what.http.client.uid;
        if (uid != 0 && uid != static_cast<int>(::geteuid())) co_return failure(errc::role_not_allowed, {}, "Run the command as the user that runs hourkeyd.");
        what.caller.role = model::role::operator_;
    } else if (to.to->needs != policy::right::anyone) {
        what.epoch = with_.database.authorisation_epoch();
        const auto known = co_await identify(what, *to.to);
        const auto access = known ? policy::check_access(to.to->needs, what.caller, what.tenant) : known;
        if (address == standing::above_rate) {
            HK_CO_CHECK(with_.rates.admit_from_address_reserve(what.http.client.address, access.has_value(), what.http.received));
        } else if (known) {
            with_.rates.give_back_address(what.http.client.address);
        }
        HK_CO_CHECK(known);
        // Whoever has no such right must not use up what those who have fall back on.
        const auto drawn_for = access ? purpose : policy::request_purpose::ordinary;
        HK_CO_CHECK(with_.rates.admit_caller(what.caller, units_of(*to.to), drawn_for, what.http.received));
        HK_CO_CHECK(access);
        HK_CO_CHECK(resolve_tenant(what));
        if (to.to->query == query_use::none) HK_CO_CHECK(refuse_query(what.http.query));
    }
    co_return co_await to.to->handle(with_, what);
}

task<result<>> api_service::identify(call& what, const route& to) {
    const auto credential = auth::find_credential(what.http.find("Authorization"), what.http.find("X-Vault-Token"));
    if (!credential) {
        with_.metrics.auth_attempts.add(obs::auth_outcome::missing);
        co_return credential.error();
    }
    auto found = with_.authenticator.authenticate(with_.reader, *credential, what.now);
    if (!found.caller) {
        with_.metrics.auth_attempts.add(found.caller.error().code == errc::unauthenticated ? obs::auth_outcome::refused : obs::auth_outcome::error);
        if (found.known) HK_CO_CHECK(with_.rates.admit_dead_token(*found.known, what.http.received));
        if (to.needs != policy::right::vend || !found.known) co_return found.caller.error();
        auto why = co_await record_refusal(what, *found.known, found.caller.error());
        with_.metrics.vends.add(is_denial(why.code) ? obs::vend_outcome::denied : obs::vend_outcome::error);
        co_return why;
    }
    with_.metrics.auth_attempts.add(obs::auth_outcome::accepted);
    what.caller = *std::move(found.caller);
    if (found.wants_touch && may_touch(what.caller) && touching_.insert({what.caller.tenant_id, what.caller.token_id}).second)
        reactor_.spawn(touch(what.caller.tenant_id, what.caller.token_id, what.now));
    co_return result<>{};
}

/// A vend asked for with an expired or revoked token of ours is a denial with a record.
task<failure> api_service::record_refusal(call& what, const model::token& known, failure why) {
    const model::caller who{
        .token_id = known.id, .role = known.role, .tenant_id = known.tenant_id, .tenant = known.tenant, .app = known.app, .until = known.expires_at};
    auto record = vending::begin_record(who, vend_request_of(what), what.now);
    co_return co_await with_.vendor.end_without(std::move(record), std::move(why));
}

result<> api_service::resolve_tenant(call& what) {
    if (!what.tenant) return {};
    if (what.caller.tenant == what.tenant) {
        what.tenant_id = what.caller.tenant_id;
        return {};
    }
    HK_TRY(const auto found, with_.reader.find_tenant(*what.tenant));
    if (!found) return failure(errc::not_found, "There is no such tenant.", "Check the tenant's name in the path.");
    what.tenant_id = found->id;
    return {};
}

/// Nobody waits for such a write, so nothing else bounds how many a tenant with many tokens has in the queue; what is left out now
/// is written at the token's next use.
bool api_service::may_touch(const model::caller& who) const {
    if (!with_.database.is_writable_for(who.tenant_id)) return false;
    std::size_t under_way = 0;
    for (auto at = touching_.lower_bound({who.tenant_id, ulid{}}); at != touching_.end() && at->first == who.tenant_id; ++at)
        if (++under_way >= most_touches_of_a_tenant) return false;
    return true;
}

task<> api_service::touch(ulid tenant, ulid token, wall_time used_at) {
    std::function<result<>(store::transaction&)> work = [tenant, token, used_at](store::transaction& tx) { return tx.touch_token(tenant, token, used_at); };
    const store::origin from{.whose = tenant, .what_for = store::purpose::ordinary};
    const auto written = co_await with_.database.write<void>(std::move(work), from);
    if (!written) obs::log(obs::level::warn, "a token's last use was not written", {{"token_id", token.str()}, {"cause", written.error().cause}});
    touching_.erase({tenant, token});
}

}  // namespace hourkey::server
