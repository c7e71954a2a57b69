#include "api/operation.hpp"

#include "api/app.hpp"
#include "api/audit.hpp"
#include "api/aws_variables.hpp"
#include "api/connection.hpp"
#include "api/credentials.hpp"
#include "api/grant.hpp"
#include "api/health.hpp"
#include "api/nothing.hpp"
#include "api/page.hpp"
#include "api/resolve.hpp"
#include "api/secret_access.hpp"
#include "api/tenant.hpp"
#include "api/token.hpp"
#include "api/vault.hpp"
#include "api/verification.hpp"
#include "api/whoami.hpp"

#include <algorithm>

namespace hourkey::api {
namespace {

using codes = std::span<const errc>;

constexpr std::array unread{errc::invalid_request, errc::not_found,         errc::method_not_allowed,
                            errc::request_timeout, errc::length_required,   errc::payload_too_large,
                            errc::target_too_long, errc::headers_too_large, errc::rate_limited};
constexpr std::array anyones{errc::rate_limited, errc::internal};
constexpr std::array callers{errc::invalid_request, errc::unauthenticated,   errc::rate_limited, errc::broken_seal,
                             errc::internal,        errc::store_unavailable, errc::shutting_down};
constexpr std::array of_role{errc::role_not_allowed};
constexpr std::array in_tenant{errc::role_not_allowed, errc::not_found};
constexpr std::array change{errc::outcome_unknown};
constexpr std::array guarded{errc::outcome_unknown, errc::revision_mismatch};
constexpr std::array creation{errc::already_exists};
constexpr std::array removal{errc::in_use};
constexpr std::array vend{errc::duration_out_of_range,
                          errc::role_not_allowed,
                          errc::app_not_allowed,
                          errc::connection_not_ready,
                          errc::min_ttl_unmet,
                          errc::trust_refused,
                          errc::sts_throttled,
                          errc::sts_rejected,
                          errc::sts_unavailable,
                          errc::sts_timeout,
                          errc::base_credentials_unavailable,
                          errc::audit_unavailable};
constexpr std::array absent{errc::not_found};
constexpr std::array verify{errc::revision_mismatch, errc::audit_unavailable};

constexpr good_answer no_body{204, {}};
template <class T>
constexpr good_answer ok{200, schema_of<T>};
template <class T>
constexpr good_answer made{201, schema_of<T>};
template <class T>
constexpr std::array<good_answer, 2> one{ok<T>, good_answer{}};
template <class T>
constexpr std::array<good_answer, 2> new_one{made<T>, good_answer{}};
template <class T>
constexpr std::array<good_answer, 2> changed_or_made{ok<T>, made<T>};
constexpr std::array<good_answer, 2> gone{no_body, good_answer{}};

constexpr schema none{};
constexpr refusal_form as_vault{.of = &vault_error::is, .status_of = vault_status};
constexpr auto list_query = schema_of<page_request>;

constexpr operation vault_vend(std::string_view verb, std::string_view path, std::string_view id) {
    return {.verb = verb,
            .path = path,
            .id = id,
            .about = "Temporary AWS credentials, as Vault's AWS secrets engine gives them.",
            .query = schema_of<vault_request>,
            .body = verb == "GET" ? none : schema_of<vault_request>,
            .good = one<vault_answer<vault_credentials>>,
            .tells = revisions::none,
            .refuses = {callers, vend},
            .warning_header = {},
            .refusal = as_vault};
}
template <class Data>
constexpr operation vault_read(std::string_view path, std::string_view id, std::string_view about) {
    return {.verb = "GET",
            .path = path,
            .id = id,
            .about = about,
            .query = none,
            .body = none,
            .good = one<vault_answer<Data>>,
            .tells = revisions::none,
            .refuses = {callers},
            .warning_header = {},
            .refusal = as_vault};
}

#define TENANT "/v1/tenants/{tenant}"
#define CONNECTION TENANT "/connections/{connection}"

constexpr std::array table{
    operation{
        "GET", "/livez", "livez", "Whether the process lives.", none, none, one<liveness>, revisions::none, {anyones}},
    operation{"GET",
              "/readyz",
              "readyz",
              "Whether it can vend.",
              schema_of<readiness_request>,
              none,
              {ok<readiness>, good_answer{503, schema_of<readiness>}},
              revisions::none,
              {anyones}},
    operation{"GET",
              "/openapi.json",
              "openapi",
              "This document.",
              none,
              none,
              {good_answer{200, {}}},
              revisions::none,
              {anyones}},
    operation{"GET", "/v1/whoami", "whoami", "Whose token it is.", none, none, one<whoami>, revisions::none, {callers}},

    operation{"GET",
              "/v1/credentials/{connection}",
              "get_credentials",
              "Temporary AWS credentials. Each call asks AWS anew and has its audit record before the answer.",
              schema_of<credentials_request>,
              none,
              one<credentials>,
              revisions::none,
              {callers, vend},
              "X-Hourkey-Warning"},
    operation{"POST",
              "/v1/credentials/{connection}",
              "post_credentials",
              "The same, asked for in a body.",
              none,
              schema_of<credentials_request>,
              one<credentials>,
              revisions::none,
              {callers, vend},
              "X-Hourkey-Warning"},

    operation{"GET",
              "/v1/environment/{connection}",
              "get_environment",
              "The same, flat and nothing but texts, under the names of the variables that AWS tools read.",
              schema_of<credentials_request>,
              none,
              one<aws_variables>,
              revisions::none,
              {callers, vend},
              "X-Hourkey-Warning"},
    operation{"POST",
              "/v1/resolve",
              "resolve",
              "What references stand for: one vend for each connection that they name.",
              none,
              schema_of<resolve_request>,
              one<resolved>,
              revisions::none,
              {callers, vend, absent},
              {},
              {.of = &resolve_error::is}},

    operation{"POST",
              "/tenants/{tenant}/secrets/access",
              "access_secret",
              "Temporary AWS credentials in the wire form of the Serverless Framework's plugin of 2019.",
              none,
              schema_of<secret_access>,
              one<accessed_secret>,
              revisions::none,
              {callers, vend},
              "X-Hourkey-Warning"},

    vault_vend("GET", "/v1/aws/creds/{connection}", "vault_read_creds"),
    vault_vend("PUT", "/v1/aws/creds/{connection}", "vault_put_creds"),
    vault_vend("POST", "/v1/aws/creds/{connection}", "vault_post_creds"),
    vault_vend("GET", "/v1/aws/sts/{connection}", "vault_read_sts"),
    vault_vend("PUT", "/v1/aws/sts/{connection}", "vault_put_sts"),
    vault_vend("POST", "/v1/aws/sts/{connection}", "vault_post_sts"),
    vault_read<vault_token>("/v1/auth/token/lookup-self", "vault_lookup_self", "What is known of the token."),
    vault_read<vault_mounts>("/v1/sys/internal/ui/mounts", "vault_list_mounts", "What Vault would have mounted here."),
    vault_read<vault_mount>("/v1/sys/internal/ui/mounts/aws", "vault_mount", "The AWS secrets engine, which this is."),
    vault_read<vault_mount>("/v1/sys/internal/ui/mounts/aws/creds/{connection}", "vault_mount_of_creds",
                            "The same, asked for by a path in it."),
    vault_read<vault_mount>("/v1/sys/internal/ui/mounts/aws/sts/{connection}", "vault_mount_of_sts",
                            "The same, asked for by a path in it."),

    operation{"GET",
              "/v1/tenants",
              "list_tenants",
              "All tenants.",
              list_query,
              none,
              one<page<tenant>>,
              revisions::none,
              {callers, of_role}},
    operation{"POST",
              "/v1/tenants",
              "create_tenant",
              "A new tenant.",
              none,
              schema_of<tenant_request>,
              new_one<tenant>,
              revisions::told,
              {callers, of_role, change, creation}},
    operation{
        "GET", TENANT, "get_tenant", "One tenant.", none, none, one<tenant>, revisions::told, {callers, in_tenant}},
    operation{"DELETE",
              TENANT,
              "delete_tenant",
              "Its tokens go with it, its audit records stay. Not while it has apps or connections.",
              none,
              none,
              gone,
              revisions::ended,
              {callers, in_tenant, guarded, removal}},

    operation{"GET",
              TENANT "/apps",
              "list_apps",
              "The tenant's apps.",
              list_query,
              none,
              one<page<app>>,
              revisions::none,
              {callers, in_tenant}},
    operation{"GET",
              TENANT "/apps/{app}",
              "get_app",
              "One app.",
              none,
              none,
              one<app>,
              revisions::told,
              {callers, in_tenant}},
    operation{"PUT",
              TENANT "/apps/{app}",
              "put_app",
              "Makes the app, or leaves it as it is.",
              none,
              schema_of<nothing>,
              changed_or_made<app>,
              revisions::demanded,
              {callers, in_tenant, guarded}},
    operation{"DELETE",
              TENANT "/apps/{app}",
              "delete_app",
              "Its grants go, its tokens are revoked.",
              none,
              none,
              gone,
              revisions::ended,
              {callers, in_tenant, guarded}},

    operation{"GET",
              TENANT "/connections",
              "list_connections",
              "The tenant's connections.",
              list_query,
              none,
              one<page<connection>>,
              revisions::none,
              {callers, in_tenant}},
    operation{"GET",
              CONNECTION,
              "get_connection",
              "One connection.",
              none,
              none,
              one<connection>,
              revisions::told,
              {callers, in_tenant}},
    operation{"PUT",
              CONNECTION,
              "put_connection",
              "Makes or changes the connection. Another role or region puts it back to pending; the external id stays.",
              none,
              schema_of<connection_request>,
              changed_or_made<connection>,
              revisions::demanded,
              {callers, in_tenant, guarded}},
    operation{"DELETE",
              CONNECTION,
              "delete_connection",
              "Its grants go. Its external id is never used again.",
              none,
              none,
              gone,
              revisions::ended,
              {callers, in_tenant, guarded}},
    operation{"POST",
              CONNECTION "/verify",
              "verify_connection",
              "Asks AWS whether the role opens with the connection's external id, and with nothing else.",
              none,
              schema_of<nothing>,
              one<verification>,
              revisions::none,
              {callers, in_tenant, change, verify}},

    operation{"GET",
              CONNECTION "/grants",
              "list_grants",
              "The connection's allow-list.",
              list_query,
              none,
              one<page<grant>>,
              revisions::none,
              {callers, in_tenant}},
    operation{"GET",
              CONNECTION "/grants/{app}",
              "get_grant",
              "One grant.",
              none,
              none,
              one<grant>,
              revisions::told,
              {callers, in_tenant}},
    operation{"PUT",
              CONNECTION "/grants/{app}",
              "put_grant",
              "Allows the app, or with * any app of the tenant. Replaces the grant that was there.",
              none,
              schema_of<grant_request>,
              changed_or_made<grant>,
              revisions::demanded,
              {callers, in_tenant, guarded}},
    operation{"DELETE",
              CONNECTION "/grants/{app}",
              "delete_grant",
              "No vend begins after the answer.",
              none,
              none,
              gone,
              revisions::ended,
              {callers, in_tenant, guarded}},

    operation{"GET",
              TENANT "/tokens",
              "list_tokens",
              "The tenant's tokens; never the tokens themselves.",
              list_query,
              none,
              one<page<token>>,
              revisions::none,
              {callers, in_tenant}},
    operation{"POST",
              TENANT "/tokens",
              "create_token",
              "A new token, shown this once.",
              none,
              schema_of<token_request>,
              new_one<issued_token>,
              revisions::none,
              {callers, in_tenant, change}},
    operation{"GET",
              TENANT "/tokens/{id}",
              "get_token",
              "What is known of a token.",
              none,
              none,
              one<token>,
              revisions::none,
              {callers, in_tenant}},
    operation{"DELETE",
              TENANT "/tokens/{id}",
              "revoke_token",
              "Ends the token; also when it was revoked before.",
              none,
              none,
              gone,
              revisions::none,
              {callers, in_tenant, change}},

    operation{"GET",
              TENANT "/audit",
              "list_audit",
              "The tenant's audit, oldest first.",
              list_query,
              none,
              one<audit_page>,
              revisions::none,
              {callers, in_tenant}},
};

#undef CONNECTION
#undef TENANT

}  // namespace

std::span<const operation> operations() noexcept { return table; }

const operation* find_operation(std::string_view verb, std::string_view path) noexcept {
    const auto at = std::ranges::find_if(table, [&](const operation& o) { return o.verb == verb && o.path == path; });
    return at == table.end() ? nullptr : &*at;
}

std::span<const errc> refused_unread() noexcept { return unread; }

}  // namespace hourkey::api
