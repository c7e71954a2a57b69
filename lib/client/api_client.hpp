#pragma once

#include "api/app.hpp"
#include "api/audit.hpp"
#include "api/connection.hpp"
#include "api/credentials.hpp"
#include "api/grant.hpp"
#include "api/page.hpp"
#include "api/tenant.hpp"
#include "api/token.hpp"
#include "api/verification.hpp"
#include "api/whoami.hpp"
#include "client/channel.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"

#include <optional>
#include <string>

namespace hourkey::client {

struct settings {
    std::string url;      ///< https://host[:port]; http:// only for loopback
    std::string ca_file;  ///< empty: the system's trust store; else that file alone
    secret token;
};

/// Fails with invalid_configuration for a URL, a file or a token that cannot be meant.
[[nodiscard]] result<channel> make_channel(net::reactor& on, settings with);

/// hourkey's API, a function a route. Each may fail with what the server refuses (its code, words, hint and request
/// id), with what keeps it from answering (connection_failed, tls_failed, deadline_exceeded, ...), or with
/// protocol_violation when the answer is not hourkey's. What it repeats by itself says client::channel: so a deletion
/// that demands nothing may be told not_found though it has just been done, by a first try whose answer was lost.
class api_client {
public:
    /// Fails as make_channel() does.
    [[nodiscard]] static result<api_client> make(net::reactor& on, settings with);
    explicit api_client(channel over) : over_(std::move(over)) {}

    using when = deadline;
    template <class T = void>
    using answer = task<result<T>>;

    [[nodiscard]] answer<api::whoami> whoami(when until) const;
    [[nodiscard]] answer<api::credentials> get_credentials(connection_name connection, api::credentials_request request,
                                                           when until) const;

    [[nodiscard]] answer<api::page<api::tenant>> list_tenants(api::page_request which, when until) const;
    [[nodiscard]] answer<api::tenant> create_tenant(tenant_name name, when until) const;
    [[nodiscard]] answer<api::tenant> get_tenant(tenant_name tenant, when until) const;
    [[nodiscard]] answer<> delete_tenant(tenant_name tenant, precondition demands, when until) const;

    [[nodiscard]] answer<api::page<api::app>> list_apps(tenant_name tenant, api::page_request which, when until) const;
    [[nodiscard]] answer<api::app> get_app(tenant_name tenant, app_name app, when until) const;
    [[nodiscard]] answer<api::app> put_app(tenant_name tenant, app_name app, precondition demands, when until) const;
    [[nodiscard]] answer<> delete_app(tenant_name tenant, app_name app, precondition demands, when until) const;

    [[nodiscard]] answer<api::page<api::connection>> list_connections(tenant_name tenant, api::page_request which,
                                                                      when until) const;
    [[nodiscard]] answer<api::connection> get_connection(tenant_name tenant, connection_name connection,
                                                         when until) const;
    [[nodiscard]] answer<api::connection> put_connection(tenant_name tenant, connection_name connection,
                                                         api::connection_request request, precondition demands,
                                                         when until) const;
    [[nodiscard]] answer<> delete_connection(tenant_name tenant, connection_name connection, precondition demands,
                                             when until) const;
    [[nodiscard]] answer<api::verification> verify_connection(tenant_name tenant, connection_name connection,
                                                              when until) const;

    // Without an app: any app of the tenant.
    [[nodiscard]] answer<api::page<api::grant>> list_grants(tenant_name tenant, connection_name connection,
                                                            api::page_request which, when until) const;
    [[nodiscard]] answer<api::grant> get_grant(tenant_name tenant, connection_name connection,
                                               std::optional<app_name> app, when until) const;
    [[nodiscard]] answer<api::grant> put_grant(tenant_name tenant, connection_name connection,
                                               std::optional<app_name> app, api::grant_request request,
                                               precondition demands, when until) const;
    [[nodiscard]] answer<> delete_grant(tenant_name tenant, connection_name connection, std::optional<app_name> app,
                                        precondition demands, when until) const;

    [[nodiscard]] answer<api::page<api::token>> list_tokens(tenant_name tenant, api::page_request which,
                                                            when until) const;
    [[nodiscard]] answer<api::issued_token> create_token(tenant_name tenant, api::token_request request,
                                                         when until) const;
    [[nodiscard]] answer<api::token> get_token(tenant_name tenant, ulid id, when until) const;
    [[nodiscard]] answer<> revoke_token(tenant_name tenant, ulid id, when until) const;

    [[nodiscard]] answer<api::audit_page> list_audit(tenant_name tenant, api::page_request which, when until) const;

private:
    channel over_;
};

}  // namespace hourkey::client
