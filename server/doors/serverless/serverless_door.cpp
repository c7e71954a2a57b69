#include "server/doors/serverless/serverless_door.hpp"

#include "server/doors/serverless/handlers.hpp"

#include <array>

namespace hourkey::server::serverless {
namespace {

constexpr std::array table{
    route{http::method::post, "/tenants/{tenant}/secrets/access", policy::right::vend, access_secret}};

}  // namespace

route_table routes() noexcept { return table; }

}  // namespace hourkey::server::serverless
