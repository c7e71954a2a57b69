#include "server/doors/api/routes.hpp"

#include "server/doors/api/handlers.hpp"

#include <array>

namespace hourkey::server::api {
namespace {

using policy::right;
using enum http::method;

constexpr std::array table{
    route{get, "/v1/whoami", right::any_caller, whoami},
    route{get, "/v1/credentials/{connection}", right::vend, get_credentials, query_use::read},
    route{post, "/v1/credentials/{connection}", right::vend, post_credentials},
    route{get, "/v1/environment/{connection}", right::vend, get_environment, query_use::read},
    route{post, "/v1/resolve", right::vend, resolve},

    route{get, "/v1/tenants", right::manage_tenants, list_tenants, query_use::read},
    route{post, "/v1/tenants", right::manage_tenants, create_tenant},
    route{get, "/v1/tenants/{tenant}", right::see_tenant, get_tenant},
    route{delete_, "/v1/tenants/{tenant}", right::manage_tenants, delete_tenant},

    route{get, "/v1/tenants/{tenant}/apps", right::read_tenant, list_apps, query_use::read},
    route{get, "/v1/tenants/{tenant}/apps/{app}", right::read_tenant, get_app},
    route{put, "/v1/tenants/{tenant}/apps/{app}", right::change_tenant, put_app},
    route{delete_, "/v1/tenants/{tenant}/apps/{app}", right::change_tenant, delete_app},

    route{get, "/v1/tenants/{tenant}/connections", right::read_tenant, list_connections, query_use::read},
    route{get, "/v1/tenants/{tenant}/connections/{connection}", right::read_tenant, get_connection},
    route{put, "/v1/tenants/{tenant}/connections/{connection}", right::change_tenant, put_connection},
    route{delete_, "/v1/tenants/{tenant}/connections/{connection}", right::change_tenant, delete_connection},
    route{post, "/v1/tenants/{tenant}/connections/{connection}/verify", right::change_tenant, verify_connection},

    route{get, "/v1/tenants/{tenant}/connections/{connection}/grants", right::read_tenant, list_grants,
          query_use::read},
    route{get, "/v1/tenants/{tenant}/connections/{connection}/grants/{app}", right::read_tenant, get_grant},
    route{put, "/v1/tenants/{tenant}/connections/{connection}/grants/{app}", right::change_tenant, put_grant},
    route{delete_, "/v1/tenants/{tenant}/connections/{connection}/grants/{app}", right::change_tenant, delete_grant},

    route{get, "/v1/tenants/{tenant}/tokens", right::read_tenant, list_tokens, query_use::read},
    route{post, "/v1/tenants/{tenant}/tokens", right::manage_tokens, create_token},
    route{get, "/v1/tenants/{tenant}/tokens/{id}", right::read_tenant, get_token},
    route{delete_, "/v1/tenants/{tenant}/tokens/{id}", right::manage_tokens, revoke_token},

    route{get, "/v1/tenants/{tenant}/audit", right::read_tenant, list_audit, query_use::read},
};

}  // namespace

route_table routes() noexcept { return table; }

}  // namespace hourkey::server::api
