#include "client/api_client.hpp"

#include "client/ask.hpp"
#include "client/base_url.hpp"
#include "core/character_set.hpp"
#include "core/encoding.hpp"

#include <algorithm>

namespace hourkey::client {
namespace {

using enum http::method;
using std::string;

string of(const tenant_name& tenant) { return "/v1/tenants/" + tenant.str(); }
string of(const tenant_name& tenant, const app_name& app) { return of(tenant) + "/apps/" + app.str(); }
string of(const tenant_name& tenant, const connection_name& connection) {
    return of(tenant) + "/connections/" + connection.str();
}
string of(const tenant_name& tenant, const connection_name& connection, const std::optional<app_name>& app) {
    return of(tenant, connection) + "/grants/" + (app ? app->str() : "*");
}
string of(const tenant_name& tenant, const ulid& token) { return of(tenant) + "/tokens/" + token.str(); }

void add(string& query, std::string_view name, const std::optional<string>& value) {
    if (!value) return;
    query.append(query.empty() ? "?" : "&").append(name).append("=").append(percent_encoded(*value));
}
void add(string& query, std::string_view name, const std::optional<std::int64_t>& value) {
    if (value) add(query, name, std::optional(std::to_string(*value)));
}
void add(string& query, std::string_view name, const std::optional<std::chrono::seconds>& value) {
    if (value) add(query, name, std::optional(std::to_string(value->count())));
}

string query_of(const api::page_request& which) {
    string query;
    add(query, "cursor", which.cursor);
    add(query, "limit", which.limit);
    return query;
}

string query_of(const api::credentials_request& request) {
    string query;
    add(query, "duration_seconds", request.duration);
    add(query, "min_ttl_seconds", request.min_ttl);
    add(query, "stage", request.stage);
    add(query, "service", request.service);
    add(query, "region", request.region);
    add(query, "project", request.project);
    return query;
}

/// RFC 6750 2.1, b64token: what the Authorization field can carry.
constexpr auto of_token = character_set::alphanumeric_and("-._~+/=");

result<> check_token(const secret& token) {
    if (std::ranges::all_of(token.expose(), [](char c) { return of_token.has(c); })) return {};
    return failure(errc::invalid_configuration, "The token holds a character that no token has.",
                   "Give it exactly as hourkey printed it: no line's end behind it, no blank, no quotes.");
}

}  // namespace

template <class T>
using answer = api_client::answer<T>;

result<channel> make_channel(net::reactor& on, settings with) {
    HK_CHECK(check_token(with.token));
    HK_TRY(const auto where, parse_base_url(with.url));
    net::endpoint to;
    to.host = where.host;
    to.port = where.port;
    if (where.secure) {
        HK_TRY(to.tls, net::make_tls_client_context(with.ca_file));
    }
    return channel(on, std::move(to), where.host_field(), std::move(with.token));
}

result<api_client> api_client::make(net::reactor& on, settings with) {
    HK_TRY(auto over, make_channel(on, std::move(with)));
    return api_client(std::move(over));
}

answer<api::whoami> api_client::whoami(when until) const { return ask<api::whoami>(over_, {get, "/v1/whoami"}, until); }

answer<api::credentials> api_client::get_credentials(connection_name connection, api::credentials_request request,
                                                     when until) const {
    return ask<api::credentials>(over_, {get, "/v1/credentials/" + connection.str() + query_of(request)}, until);
}

answer<api::page<api::tenant>> api_client::list_tenants(api::page_request which, when until) const {
    return ask<api::page<api::tenant>>(over_, {get, "/v1/tenants" + query_of(which)}, until);
}

answer<api::tenant> api_client::create_tenant(tenant_name name, when until) const {
    const api::tenant_request request{.name = name.str()};
    return ask<api::tenant>(over_, {post, "/v1/tenants", api::to_json(request)}, until);
}

answer<api::tenant> api_client::get_tenant(tenant_name tenant, when until) const {
    return ask<api::tenant>(over_, {get, of(tenant)}, until);
}

answer<void> api_client::delete_tenant(tenant_name tenant, precondition demands, when until) const {
    return ask(over_, {delete_, of(tenant), {}, demands}, until);
}

answer<api::page<api::app>> api_client::list_apps(tenant_name tenant, api::page_request which, when until) const {
    return ask<api::page<api::app>>(over_, {get, of(tenant) + "/apps" + query_of(which)}, until);
}

answer<api::app> api_client::get_app(tenant_name tenant, app_name app, when until) const {
    return ask<api::app>(over_, {get, of(tenant, app)}, until);
}

answer<api::app> api_client::put_app(tenant_name tenant, app_name app, precondition demands, when until) const {
    return ask<api::app>(over_, {put, of(tenant, app), {}, demands}, until);
}

answer<void> api_client::delete_app(tenant_name tenant, app_name app, precondition demands, when until) const {
    return ask(over_, {delete_, of(tenant, app), {}, demands}, until);
}

answer<api::page<api::connection>> api_client::list_connections(tenant_name tenant, api::page_request which,
                                                                when until) const {
    return ask<api::page<api::connection>>(over_, {get, of(tenant) + "/connections" + query_of(which)}, until);
}

answer<api::connection> api_client::get_connection(tenant_name tenant, connection_name connection, when until) const {
    return ask<api::connection>(over_, {get, of(tenant, connection)}, until);
}

answer<api::connection> api_client::put_connection(tenant_name tenant, connection_name connection,
                                                   api::connection_request request, precondition demands,
                                                   when until) const {
    return ask<api::connection>(over_, {put, of(tenant, connection), api::to_json(request), demands}, until);
}

answer<void> api_client::delete_connection(tenant_name tenant, connection_name connection, precondition demands,
                                           when until) const {
    return ask(over_, {delete_, of(tenant, connection), {}, demands}, until);
}

answer<api::verification> api_client::verify_connection(tenant_name tenant, connection_name connection,
                                                        when until) const {
    return ask<api::verification>(over_, {post, of(tenant, connection) + "/verify"}, until);
}

answer<api::page<api::grant>> api_client::list_grants(tenant_name tenant, connection_name connection,
                                                      api::page_request which, when until) const {
    return ask<api::page<api::grant>>(over_, {get, of(tenant, connection) + "/grants" + query_of(which)}, until);
}

answer<api::grant> api_client::get_grant(tenant_name tenant, connection_name connection, std::optional<app_name> app,
                                         when until) const {
    return ask<api::grant>(over_, {get, of(tenant, connection, app)}, until);
}

answer<api::grant> api_client::put_grant(tenant_name tenant, connection_name connection, std::optional<app_name> app,
                                         api::grant_request request, precondition demands, when until) const {
    return ask<api::grant>(over_, {put, of(tenant, connection, app), api::to_json(request), demands}, until);
}

answer<void> api_client::delete_grant(tenant_name tenant, connection_name connection, std::optional<app_name> app,
                                      precondition demands, when until) const {
    return ask(over_, {delete_, of(tenant, connection, app), {}, demands}, until);
}

answer<api::page<api::token>> api_client::list_tokens(tenant_name tenant, api::page_request which, when until) const {
    return ask<api::page<api::token>>(over_, {get, of(tenant) + "/tokens" + query_of(which)}, until);
}

answer<api::issued_token> api_client::create_token(tenant_name tenant, api::token_request request, when until) const {
    return ask<api::issued_token>(over_, {post, of(tenant) + "/tokens", api::to_json(request)}, until);
}

answer<api::token> api_client::get_token(tenant_name tenant, ulid id, when until) const {
    return ask<api::token>(over_, {get, of(tenant, id)}, until);
}

answer<void> api_client::revoke_token(tenant_name tenant, ulid id, when until) const {
    return ask(over_, {delete_, of(tenant, id)}, until);
}

answer<api::audit_page> api_client::list_audit(tenant_name tenant, api::page_request which, when until) const {
    return ask<api::audit_page>(over_, {get, of(tenant) + "/audit" + query_of(which)}, until);
}

}  // namespace hourkey::client
