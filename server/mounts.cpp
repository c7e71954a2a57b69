#include "server/mounts.hpp"

#include "server/doors/api/api_door.hpp"
#include "server/doors/control/control_door.hpp"
#include "server/doors/document/document_door.hpp"
#include "server/doors/health/health_door.hpp"
#include "server/doors/serverless/serverless_door.hpp"
#include "server/doors/vault/vault_door.hpp"
#include "server/services.hpp"

namespace hourkey::server {
namespace {

std::vector<route_table> tables_of(opening o) {
    switch (o) {
        case opening::main:
            return {health::probe_routes(), document::routes(), serverless::routes(), vault::routes(), api::routes()};
        case opening::admin: return {health::admin_routes()};
        case opening::control: break;
    }
    return {control::routes()};
}

}  // namespace

mounted_doors mount(opening o, services& with) {
    mounted_doors doors;
    switch (o) {
        case opening::main: {
            const auto callers = std::make_shared<caller_admission>(with);
            doors.push_back(std::make_unique<health::health_door>(health::probe_routes(), &with.rates));
            doors.push_back(std::make_unique<document::document_door>(with.rates));
            doors.push_back(std::make_unique<serverless::serverless_door>(callers));
            doors.push_back(std::make_unique<vault::vault_door>(callers));
            doors.push_back(std::make_unique<api::api_door>(callers));
            break;
        }
        case opening::admin: doors.push_back(std::make_unique<health::health_door>(health::admin_routes())); break;
        case opening::control: doors.push_back(std::make_unique<control::control_door>()); break;
    }
    return doors;
}

std::vector<route> routes_of(opening o) {
    std::vector<route> all;
    for (const auto& table : tables_of(o)) all.insert(all.end(), table.begin(), table.end());
    return all;
}

}  // namespace hourkey::server
