#include "server/doors/caller_admission.hpp"

#include "server/doors/find.hpp"
#include "server/doors/query.hpp"
#include "server/doors/vend.hpp"
#include "server/services.hpp"

namespace hourkey::server {
namespace {

/// Nothing that a caller says is passed over in silence.
result<> refuse_query(const http::request& r) {
    HK_TRY(const auto given, query::parse(r.query));
    const bool has_body = r.verb == http::method::post || r.verb == http::method::put;
    return has_body ? given.finish("What this method takes stands in its JSON body.") : given.finish();
}

}  // namespace

task<result<>> caller_admission::admit(call& what, const route* row) {
    const auto purpose = row == nullptr ? policy::request_purpose::ordinary : purpose_of(*row);
    HK_CO_TRY(const auto address, with_.rates.admit_address(what.http.client.address, purpose, what.http.received));
    if (row == nullptr) co_return result<>{};
    const auto known = co_await identify(what, *row);
    const auto access = known ? policy::check_access(row->needs, what.caller, what.tenant) : known;
    if (address == policy::rate_limits::address_standing::above_rate) {
        HK_CO_CHECK(
            with_.rates.admit_from_address_reserve(what.http.client.address, access.has_value(), what.http.received));
    } else if (known) {
        with_.rates.give_back_address(what.http.client.address);
    }
    HK_CO_CHECK(known);
    // Whoever has no such right must not use up what those who have fall back on.
    const auto drawn_for = access ? purpose : policy::request_purpose::ordinary;
    HK_CO_CHECK(with_.rates.admit_caller(what.caller, units_of(*row), drawn_for, what.http.received));
    HK_CO_CHECK(access);
    // Of a vend the decision is policy's, on record, whichever tenant the path names.
    if (row->needs != policy::right::vend) HK_CO_CHECK(co_await resolve_tenant(what));
    if (row->query == query_use::none) HK_CO_CHECK(refuse_query(what.http));
    co_return result<>{};
}

result<> caller_admission::admit_unread(std::string_view address, steady_time now) {
    HK_CHECK(with_.rates.admit_address(address, policy::request_purpose::ordinary, now));
    return {};
}

task<result<>> caller_admission::identify(call& what, const route& row) {
    const auto credential = auth::find_credential(what.http.find("Authorization"), what.http.find("X-Vault-Token"));
    if (!credential) {
        with_.metrics.auth_attempts.add(obs::auth_outcome::missing);
        co_return credential.error();
    }
    const auto given = with_.authenticator.present(*credential);
    if (!given) {
        with_.metrics.auth_attempts.add(obs::auth_outcome::refused);
        co_return given.error();
    }
    std::optional<model::token> stored;
    auto found = row.needs == policy::right::vend ? co_await look_up_vend(what, *given, stored)
                                                  : co_await look_up(what, *given, stored);
    if (!found.caller) {
        with_.metrics.auth_attempts.add(found.caller.error().code == errc::unauthenticated ? obs::auth_outcome::refused
                                                                                           : obs::auth_outcome::error);
        if (!found.is_known) co_return found.caller.error();
        HK_CO_CHECK(with_.rates.admit_dead_token(*stored, what.http.received));
        if (row.needs != policy::right::vend) co_return found.caller.error();
        auto why = co_await record_refusal(what, *stored, found.caller.error());
        with_.metrics.vends.add(is_denial(why.code) ? obs::vend_outcome::denied : obs::vend_outcome::error);
        co_return why;
    }
    with_.metrics.auth_attempts.add(obs::auth_outcome::accepted);
    what.caller = *std::move(found.caller);
    if (found.wants_touch) uses_.note(what.caller, what.now);
    co_return result<>{};
}

task<auth::authenticator::outcome> caller_admission::look_up(const call& what, const auth::presented_token& given,
                                                             std::optional<model::token>& stored) {
    std::function<result<std::optional<model::token>>(store::reader&)> find = [&given](store::reader& from) {
        return from.find_token(given.id);
    };
    auto found = co_await with_.database.read<std::optional<model::token>>(std::move(find));
    if (!found) co_return auth::authenticator::outcome{.caller = std::move(found).error()};
    stored = *std::move(found);
    co_return with_.authenticator.check(given, stored, what.now);
}

/// With all that the vend rests on. What refuses is read anew.
task<auth::authenticator::outcome> caller_admission::look_up_vend(call& what, const auth::presented_token& given,
                                                                  std::optional<model::token>& stored) {
    const auto name = connection_name::parse(what.parameters[0]);
    const auto connection = name ? std::optional(*name) : std::nullopt;
    if (auto* kept = with_.views.find_kept(given.id, connection)) {
        what.basis = {.view = kept->view, .is_kept = true};
        auto checked = with_.authenticator.check(given, kept->view->token, what.now, kept->print.expose());
        if (checked.caller && kept->print.empty()) kept->print = secret(crypto::as_text(auth::print_of(given)));
        if (checked.wants_touch) with_.views.forget(given.id, connection);
        if (checked.caller) co_return checked;
    }
    auto read = co_await with_.views.read_anew(given.id, connection);
    if (!read) co_return auth::authenticator::outcome{.caller = std::move(read).error()};
    what.basis = {.view = *std::move(read), .is_kept = false};
    auto checked = with_.authenticator.check(given, what.basis.view->token, what.now);
    if (!checked.caller) stored = what.basis.view->token;
    if (checked.wants_touch) with_.views.forget(given.id, connection);
    co_return checked;
}

/// A vend asked for with an expired or revoked token of ours is a denial with a record.
task<failure> caller_admission::record_refusal(call& what, const model::token& known, failure why) {
    auto record = vending::begin_record(model::principal_of(known), vend_request_of(what), what.now);
    co_return co_await with_.vendor.end_without(std::move(record), std::move(why));
}

task<result<>> caller_admission::resolve_tenant(call& what) {
    if (!what.tenant) co_return result<>{};
    if (what.caller.tenant == what.tenant) {
        what.tenant_id = what.caller.tenant_id;
        co_return result<>{};
    }
    HK_CO_TRY(const auto found, co_await find_tenant(with_, *what.tenant));
    if (!found) co_return failure(errc::not_found, "There is no such tenant.", "Check the tenant's name in the path.");
    what.tenant_id = found->id;
    co_return result<>{};
}

}  // namespace hourkey::server
