#include "api/resolve.hpp"
#include "core/time_text.hpp"
#include "server/adapters/run_all.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/api/secret_reference.hpp"
#include "server/doors/error_answer.hpp"
#include "server/doors/hint.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/vend.hpp"

#include <algorithm>

namespace hourkey::server::api {
namespace {

namespace wire = hourkey::api;

/// What became of a connection that references name.
struct resolved_connection {
    std::string name;  ///< as the references have it
    std::optional<result<vending::vended>> ended{};
};

using connections = std::vector<resolved_connection>;

connections connections_of(const std::vector<secret_reference>& refs) {
    connections out;
    for (const auto& ref : refs)
        if (std::ranges::find(out, ref.name, &resolved_connection::name) == out.end())
            out.push_back({.name = ref.name});
    return out;
}

std::optional<connection_name> name_of(const resolved_connection& c) {
    auto name = connection_name::parse(c.name);
    return name ? std::optional(*std::move(name)) : std::nullopt;
}

task<> vend_one(services& with, const call& what, resolved_connection& into) {
    auto request = co_await vend_request_for(with, what, name_of(into));
    if (!request) {
        into.ended = std::move(request).error();
        co_return;
    }
    into.ended = co_await vend(with, what, *std::move(request));
}

task<result<>> check_one(services& with, const call& what, std::optional<connection_name> name) {
    HK_CO_TRY(auto request, co_await vend_request_for(with, what, std::move(name)));
    co_return co_await check_vend(with, what, std::move(request));
}

/// So that what is refused costs no call to AWS for the others, which nobody would receive.
task<bool> is_any_refused(services& with, const call& what, connections& all) {
    bool any = false;
    for (auto& one : all) {
        auto good = co_await check_one(with, what, name_of(one));
        if (good) continue;
        one.ended = std::move(good).error();
        any = true;
    }
    co_return any;
}

std::optional<std::string> region_of(const vending::vended& v) {
    return v.default_region ? std::optional(v.default_region->str()) : std::nullopt;
}

wire::resolved_secret whole_secret(const vending::vended& v) {
    return {.access_key_id = v.session.access_key_id,
            .secret_access_key = v.session.secret_access_key.clone(),
            .session_token = v.session.session_token.clone(),
            .expiration = v.session.expiration,
            .region = region_of(v),
            .account_id = std::string(v.role_arn.account_id())};
}

result<secret> field_of(const vending::vended& v, secret_field f) {
    switch (f) {
        case secret_field::access_key_id: return secret(v.session.access_key_id);
        case secret_field::secret_access_key: return v.session.secret_access_key.clone();
        case secret_field::session_token: return v.session.session_token.clone();
        case secret_field::expiration: return secret(to_rfc3339(v.session.expiration));
        case secret_field::account_id: return secret(v.role_arn.account_id());
        case secret_field::region: break;
    }
    if (v.default_region) return secret(v.default_region->str());
    return failure(errc::not_found, "The connection has no default_region.",
                   "An admin of the tenant gives it one: PUT /v1/tenants/{tenant}/connections/{connection}");
}

result<wire::text_or<wire::resolved_secret>> value_of(const vending::vended& v, const secret_reference& ref) {
    if (!ref.field) return wire::text_or<wire::resolved_secret>{.text = {}, .object = whole_secret(v)};
    HK_TRY(auto text, field_of(v, *ref.field));
    return wire::text_or<wire::resolved_secret>{.text = std::move(text), .object = {}};
}

/// What each reference stands for; those that stand for nothing go to `refused`.
wire::resolved collect(const std::vector<secret_reference>& refs, const connections& all,
                       std::vector<refused_reference>& refused) {
    wire::resolved out;
    for (const auto& ref : refs) {
        const auto& from = *std::ranges::find(all, ref.name, &resolved_connection::name);
        if (!from.ended) continue;  // nothing was asked for it, because another one was refused
        auto value = *from.ended ? value_of(**from.ended, ref)
                                 : result<wire::text_or<wire::resolved_secret>>(from.ended->error());
        if (value) {
            out.values.emplace(ref.text, *std::move(value));
        } else {
            refused.push_back({.reference = ref.text, .connection = name_of(from), .why = std::move(value).error()});
        }
    }
    return out;
}

/// Of several refusals the first that trying again does not mend, else the first.
failure gravest(const std::vector<refused_reference>& refused, const call& what) {
    const auto is_final = [](const refused_reference& r) { return !describe(r.why.code).retryable; };
    const auto final = std::ranges::find_if(refused, is_final);
    const auto& one = final == refused.end() ? refused.front() : *final;
    auto why = one.why;
    why.message = one.reference + ": " + std::string(one.why.text());
    why.hint = fill_in(advice_of(one.why), nullptr, what, one.connection);
    return why;
}

result<std::vector<secret_reference>> read_references(const std::vector<std::string>& texts) {
    std::vector<secret_reference> out;
    for (const auto& text : texts) {
        if (std::ranges::find(out, text, &secret_reference::text) != out.end()) continue;
        HK_TRY(auto ref, parse_secret_reference(text));
        out.push_back(std::move(ref));
    }
    if (out.empty()) return invalid_field("refs", "is empty", "Name at least one reference, as secrets:NAME.");
    return out;
}

/// A vend is one unit; the call has paid for one.
result<> pay_for(services& with, const call& what, const connections& all) {
    if (all.size() > wire::most_connections)
        return invalid_field("refs", "names more than " + std::to_string(wire::most_connections) + " connections",
                             "Ask for fewer at once.");
    if (all.size() == 1) return {};
    return with.rates.admit_caller(what.caller, static_cast<std::uint32_t>(all.size() - 1),
                                   policy::request_purpose::ordinary, what.http.received);
}

}  // namespace

task<result<http::response>> resolve(services& with, call& what) {
    HK_CO_TRY(const auto request, wire::read<wire::resolve_request>(what.http.body));
    HK_CO_TRY(const auto refs, read_references(request.refs));
    auto all = connections_of(refs);
    HK_CO_CHECK(pay_for(with, what, all));
    const bool takes_part = request.partial.value_or(false);

    bool is_refused = false;
    if (!takes_part) is_refused = co_await is_any_refused(with, what, all);
    if (!is_refused) {
        std::vector<task<>> vends;
        for (auto& one : all) vends.push_back(vend_one(with, what, one));
        co_await run_all(with.spawn, std::move(vends));
    }
    auto told = collect(refs, all, what.refused);
    if (!takes_part && !what.refused.empty()) co_return gravest(what.refused, what);
    for (const auto& r : what.refused) told.errors.emplace(r.reference, part_of(r, what));
    co_return shape_answer(200, told, 4096 * (refs.size() + 1));
}

}  // namespace hourkey::server::api
