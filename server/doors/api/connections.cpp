#include "aws/arn.hpp"
#include "json/reader.hpp"
#include "linking/linker.hpp"
#include "linking/trust_policy.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/precondition.hpp"

namespace hourkey::server::api {
namespace {

void write_connection(json::writer& w, const model::connection& c, const std::string& principal_arn) {
    w.begin_object().string("name", c.name.str()).string("kind", to_text(c.kind)).string("state", to_text(c.state));
    if (!c.role_arn.empty()) w.string("role_arn", c.role_arn);
    if (!c.account_id.empty()) w.string("account_id", c.account_id);
    if (!c.region.empty()) w.string("region", c.region);
    w.string("external_id", c.external_id).string("principal_arn", principal_arn);
    // Until AWS has told who hourkey is there is none: a placeholder would be taken for the policy.
    if (!principal_arn.empty()) w.string("trust_policy", linking::trust_policy(principal_arn, c.external_id));
    w.string("created_at", to_rfc3339(c.created_at));
    write_time(w, "verified_at", c.verified_at);
    write_time(w, "last_checked_at", c.last_checked_at);
    w.integer("revision", static_cast<std::int64_t>(c.revision)).end_object();
}

http::response connection_answer(services& with, int status, const model::connection& c) {
    json::writer w(2048);
    write_connection(w, with.links.as_it_stands(c), with.links.identity().principal_arn);
    return json_answer(status, w, c.revision);
}

result<linking::connection_request> read_connection(std::string_view text, const connection_name& name) {
    HK_TRY(const auto body, json::parse(text));
    auto fields = body.root();
    if (fields.has("external_id"))
        return invalid_field("external_id", "may not be set",
                             "Leave it out: hourkey makes it, unique for ever, and shows it in the answer.");
    HK_TRY(const auto kind, fields.string("kind"));
    if (kind != "role")
        return invalid_field("kind", "must be 'role'",
                             "Send {\"kind\":\"role\",\"role_arn\":\"arn:aws:iam::123456789012:role/name\"}.");
    HK_TRY(const auto arn_text, fields.string("role_arn"));
    HK_TRY(auto role, aws::role_arn::parse(arn_text));
    HK_TRY(const auto region, fields.optional_string("region"));
    HK_CHECK(fields.finish());
    linking::connection_request out{.name = name, .role = std::move(role), .region = {}};
    if (region) out.region = std::string(*region);
    return out;
}

http::response verified_answer(const linking::verified& seen) {
    json::writer w(4096);
    w.begin_object().string("state", to_text(seen.state)).key("steps").begin_array();
    for (const auto& s : seen.steps)
        w.begin_object()
            .string("id", s.id)
            .string("state", linking::to_text(s.state))
            .string("cause", s.cause)
            .string("fix", s.fix)
            .end_object();
    w.end_array().end_object();
    return json_answer(200, w);
}

}  // namespace

task<result<http::response>> list_connections(services& with, call& what) {
    const auto read = [tenant = what.tenant_id](store::reader& from, const store::page_request& wanted) {
        return from.list_connections(tenant, wanted);
    };
    const auto write = [principal = with.links.identity().principal_arn, &links = with.links](
                           json::writer& w, const model::connection& c) {
        write_connection(w, links.as_it_stands(c), principal);
    };
    co_return co_await list_answer(with, what, read, write);
}

task<result<http::response>> get_connection(services& with, call& what) {
    HK_CO_TRY(const auto name, connection_name::parse(what.parameters[0]));
    HK_CO_TRY(const auto found, co_await find_connection(with, what.tenant_id, name));
    if (!found) co_return no_such("connection");
    co_return connection_answer(with, 200, *found);
}

task<result<http::response>> put_connection(services& with, call& what) {
    HK_CO_TRY(const auto name, connection_name::parse(what.parameters[0]));
    HK_CO_TRY(auto wanted, read_connection(what.http.body, name));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    auto by = asker_of(what);
    HK_CO_TRY(const auto put, co_await with.links.put(std::move(by), std::move(wanted), demanded));
    co_return connection_answer(with, put.is_created() ? 201 : 200, *put.after);
}

task<result<http::response>> delete_connection(services& with, call& what) {
    HK_CO_TRY(const auto name, connection_name::parse(what.parameters[0]));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    auto by = asker_of(what);
    HK_CO_CHECK(co_await with.links.remove(std::move(by), name, demanded));
    co_return no_content();
}

task<result<http::response>> verify_connection(services& with, call& what) {
    HK_CO_TRY(const auto name, connection_name::parse(what.parameters[0]));
    HK_CO_TRY(const auto body, json::parse_object_or_empty(what.http.body));
    HK_CO_CHECK(body.root().finish());
    auto by = asker_of(what);
    HK_CO_TRY(const auto seen, co_await with.links.verify(std::move(by), name, what.http.until));
    co_return verified_answer(seen);
}

}  // namespace hourkey::server::api
