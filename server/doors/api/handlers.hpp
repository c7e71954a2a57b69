#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "http/message.hpp"
#include "server/doors/call.hpp"

namespace hourkey::server {
struct services;
}

/// Handlers: JSON in, JSON out, no decisions. One file per resource.
namespace hourkey::server::api {

#define HOURKEY_HANDLER(name) task<result<http::response>> name(services& with, call& what)

HOURKEY_HANDLER(whoami);

HOURKEY_HANDLER(get_credentials);
HOURKEY_HANDLER(post_credentials);
HOURKEY_HANDLER(get_environment);

HOURKEY_HANDLER(resolve);

HOURKEY_HANDLER(list_tenants);
HOURKEY_HANDLER(create_tenant);
HOURKEY_HANDLER(get_tenant);
HOURKEY_HANDLER(delete_tenant);

HOURKEY_HANDLER(list_apps);
HOURKEY_HANDLER(get_app);
HOURKEY_HANDLER(put_app);
HOURKEY_HANDLER(delete_app);

HOURKEY_HANDLER(list_connections);
HOURKEY_HANDLER(get_connection);
HOURKEY_HANDLER(put_connection);
HOURKEY_HANDLER(delete_connection);
HOURKEY_HANDLER(verify_connection);

HOURKEY_HANDLER(list_grants);
HOURKEY_HANDLER(get_grant);
HOURKEY_HANDLER(put_grant);
HOURKEY_HANDLER(delete_grant);

HOURKEY_HANDLER(list_tokens);
HOURKEY_HANDLER(create_token);
HOURKEY_HANDLER(get_token);
HOURKEY_HANDLER(revoke_token);

HOURKEY_HANDLER(list_audit);

#undef HOURKEY_HANDLER

}  // namespace hourkey::server::api
