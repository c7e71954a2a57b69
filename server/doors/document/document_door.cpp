#include "server/doors/document/document_door.hpp"

#include "server/services.hpp"

#include <array>

namespace hourkey::server::document {
namespace {

task<result<http::response>> openapi(services& with, call&) {
    http::response answer;
    answer.body = with.openapi;
    co_return answer;
}

constexpr std::array table{route{http::method::get, "/openapi.json", policy::right::anyone, openapi}};

}  // namespace

route_table routes() noexcept { return table; }

task<result<>> document_door::admit(call& what, const route*) {
    HK_CO_CHECK(rated_.admit_address(what.http.client.address, policy::request_purpose::ordinary, what.http.received));
    co_return result<>{};
}

}  // namespace hourkey::server::document
