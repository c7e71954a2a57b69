#include "server/doors/api/api_door.hpp"

#include "server/doors/error_answer.hpp"
#include "server/doors/hint.hpp"
#include "server/doors/query.hpp"
#include "server/services.hpp"

namespace hourkey::server::api {
namespace {

/// Nothing that a caller says is passed over in silence.
result<> refuse_query(std::string_view raw) {
    HK_TRY(const auto given, query::parse(raw));
    return given.finish();
}

}  // namespace

task<result<>> api_door::admit(call& what, const route* to) {
    const auto purpose = to == nullptr ? policy::request_purpose::ordinary : purpose_of(*to);
    HK_CO_TRY(const auto address, with_.rates.admit_address(what.http.client.address, purpose, what.http.received));
    if (to == nullptr) co_return result<>{};
    const auto known = co_await identify(what, *to);
    const auto access = known ? policy::check_access(to->needs, what.caller, what.tenant) : known;
    if (address == policy::rate_limits::address_standing::above_rate) {
        HK_CO_CHECK(
            with_.rates.admit_from_address_reserve(what.http.client.address, access.has_value(), what.http.received));
    } else if (known) {
        with_.rates.give_back_address(what.http.client.address);
    }
    HK_CO_CHECK(known);
    // Whoever has no such right must not use up what those who have fall back on.
    const auto drawn_for = access ? purpose : policy::request_purpose::ordinary;
    HK_CO_CHECK(with_.rates.admit_caller(what.caller, units_of(*to), drawn_for, what.http.received));
    HK_CO_CHECK(access);
    HK_CO_CHECK(resolve_tenant(what));
    if (to->query == query_use::none) HK_CO_CHECK(refuse_query(what.http.query));
    co_return result<>{};
}

http::response api_door::refusal(failure why, const call& what, const route* to) const {
    if (why.hint.empty() && why.code == errc::not_found) why.hint = where_to_look(to, what);
    why.hint = fill_in(why.hint, to, what);
    return error_answer(
        why, what.request_id,
        to != nullptr && to->needs == policy::right::vend ? error_spelling::sdk : error_spelling::standard);
}

task<result<>> api_door::identify(call& what, const route& to) {
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
    auto found = to.needs == policy::right::vend ? look_up_vend(what, *given, stored) : look_up(what, *given, stored);
    if (!found.caller) {
        with_.metrics.auth_attempts.add(found.caller.error().code == errc::unauthenticated ? obs::auth_outcome::refused
                                                                                           : obs::auth_outcome::error);
        if (!found.is_known) co_return found.caller.error();
        HK_CO_CHECK(with_.rates.admit_dead_token(*stored, what.http.received));
        if (to.needs != policy::right::vend) co_return found.caller.error();
        auto why = co_await record_refusal(what, *stored, found.caller.error());
        with_.metrics.vends.add(is_denial(why.code) ? obs::vend_outcome::denied : obs::vend_outcome::error);
        co_return why;
    }
    with_.metrics.auth_attempts.add(obs::auth_outcome::accepted);
    what.caller = *std::move(found.caller);
    if (found.wants_touch) uses_.note(what.caller, what.now);
    co_return result<>{};
}

auth::authenticator::outcome api_door::look_up(const call& what, const auth::presented_token& given,
                                               std::optional<model::token>& stored) {
    auto found = with_.reader.find_token(given.id);
    if (!found) return {.caller = std::move(found).error()};
    stored = *std::move(found);
    return auth::authenticator::check(given, stored, what.now);
}

/// With all that the vend rests on. What refuses is read anew.
auth::authenticator::outcome api_door::look_up_vend(call& what, const auth::presented_token& given,
                                                    std::optional<model::token>& stored) {
    const auto name = connection_name::parse(what.parameters[0]);
    const auto connection = name ? std::optional(*name) : std::nullopt;
    auto found = with_.views.read(given.id, connection);
    if (!found) return {.caller = std::move(found).error()};
    auto checked = auth::authenticator::check(given, found->view->token, what.now);
    if (!checked.caller && found->is_kept) {
        auto anew = with_.views.read_anew(given.id, connection);
        if (!anew) return {.caller = std::move(anew).error()};
        found = vend_views::found{.view = *std::move(anew), .is_kept = false};
        checked = auth::authenticator::check(given, found->view->token, what.now);
    }
    if (!checked.caller) stored = found->view->token;
    if (checked.wants_touch) with_.views.forget(given.id, connection);
    what.rests_on = *std::move(found);
    return checked;
}

/// A vend asked for with an expired or revoked token of ours is a denial with a record.
task<failure> api_door::record_refusal(call& what, const model::token& known, failure why) {
    const model::caller who{.token_id = known.id,
                            .role = known.role,
                            .tenant_id = known.tenant_id,
                            .tenant = known.tenant,
                            .app = known.app,
                            .until = known.expires_at};
    auto record = vending::begin_record(who, vend_request_of(what), what.now);
    co_return co_await with_.vendor.end_without(std::move(record), std::move(why));
}

result<> api_door::resolve_tenant(call& what) {
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

}  // namespace hourkey::server::api
