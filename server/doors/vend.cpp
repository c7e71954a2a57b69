#include "server/doors/vend.hpp"

#include "auth/authenticator.hpp"
#include "core/steady_timer.hpp"

namespace hourkey::server {
namespace {

vending::vend_request request_for(const call& what, std::optional<connection_name> connection,
                                  policy::vend_limits limits, const authorization_basis& basis) {
    return {.connection = std::move(connection),
            .limits = std::move(limits),
            .request_id = what.request_id,
            .client_address = what.http.client.address,
            .view = basis.view,
            .view_is_kept = basis.is_kept};
}

void count(services& with, const result<>& ended) {
    with.metrics.vends.add(ended                           ? obs::vend_outcome::issued
                           : is_denial(ended.error().code) ? obs::vend_outcome::denied
                                                           : obs::vend_outcome::error);
}

/// The token was found good a moment ago, without the connection.
task<result<authorization_basis>> find_basis(services& with, const call& what, connection_name connection) {
    if (const auto* kept = with.views.find_kept(what.caller.id, connection);
        kept != nullptr && auth::check_token(*kept->view->token, what.now))
        co_return authorization_basis{.view = kept->view, .is_kept = true};
    HK_CO_TRY(auto view, co_await with.views.read_anew(what.caller.id, connection));
    co_return authorization_basis{.view = std::move(view), .is_kept = false};
}

/// How often a read looks whether another one of the same has got its triple.
constexpr std::chrono::milliseconds between_looks{10};

/// Of reads of one credential that come at once the first asks AWS, and the others wait for what it gets, on whichever
/// thread. When it got nothing, the next of them asks.
task<> take_turn(services& with, vending::held_vends::key key, deadline until,
                 std::optional<vending::held_vends::claim>& mine) {
    steady_timer pause(co_await boost::asio::this_coro::executor);
    while (!until.has_passed(with.clock.steady_now())) {
        if (with.held.look(key, with.clock.steady_now(), mine) != vending::held_vends::standing::busy) co_return;
        pause.expires_after(between_looks);
        co_await pause.async_wait(as_task_tuple);
    }
}

task<result<vending::vended>> begin(services& with, const call& what, vending::vend_request request, deadline until,
                                    asked_for how) {
    if (how == asked_for::by_field)
        return with.vendor.vend_or_reissue(what.caller, std::move(request), until, with.held);
    return with.vendor.vend(what.caller, std::move(request), until);
}

}  // namespace

vending::vend_request vend_request_of(const call& what, policy::vend_limits limits) {
    auto name = connection_name::parse(what.parameters[0]);
    auto connection = name ? std::optional(*std::move(name)) : std::nullopt;
    return request_for(what, std::move(connection), std::move(limits), what.basis);
}

task<result<vending::vend_request>> vend_request_for(services& with, const call& what,
                                                     std::optional<connection_name> connection,
                                                     policy::vend_limits limits) {
    if (!connection) co_return request_for(what, {}, std::move(limits), what.basis);
    HK_CO_TRY(const auto basis, co_await find_basis(with, what, *connection));
    auto request = request_for(what, std::move(connection), std::move(limits), basis);
    if (!basis.view->token) {
        failure gone(errc::unauthenticated, {}, "Use a valid token.", "the token is gone");
        co_return co_await refuse_vend(with, what, std::move(request), std::move(gone));
    }
    if (auto good = auth::check_token(*basis.view->token, what.now); !good)
        co_return co_await refuse_vend(with, what, std::move(request), std::move(good).error());
    co_return request;
}

task<result<vending::vended>> vend(services& with, const call& what, vending::vend_request request, asked_for how) {
    const auto started = with.clock.steady_now();
    const auto until = what.http.until.sooner(deadline(started + with.sts_timeout));
    std::optional<vending::held_vends::claim> turn;
    if (how == asked_for::by_field && request.connection) {
        vending::held_vends::key key{
            .tenant = what.caller.tenant_id, .token = what.caller.id, .connection = *request.connection};
        co_await take_turn(with, std::move(key), until, turn);
    }
    auto done = co_await begin(with, what, std::move(request), until, how);
    with.metrics.vend_duration.observe(with.clock.steady_now() - started);
    count(with, done ? result<>() : result<>(done.error()));
    co_return done;
}

task<result<>> check_vend(services& with, const call& what, vending::vend_request request) {
    auto good = co_await with.vendor.check(what.caller, std::move(request));
    if (!good) count(with, good);
    co_return good;
}

task<failure> refuse_vend(services& with, const call& what, vending::vend_request request, failure why) {
    auto record = vending::begin_record(what.caller, request, what.now);
    auto told = co_await with.vendor.end_without(std::move(record), std::move(why));
    count(with, told);
    co_return told;
}

void warn_of_capped(http::response& answer, const vending::vended& v) {
    if (v.capped_by_chaining)
        answer.headers.push_back(
            {"X-Hourkey-Warning",
             "duration capped at 3600 s: hourkey's own AWS identity is a role session (role chaining)"});
}

}  // namespace hourkey::server
