#include "server/doors/vault/answer.hpp"
#include "server/doors/vault/handlers.hpp"

namespace hourkey::server::vault {
namespace {

wire::vault_mount aws_engine() {
    return {.path = "aws/", .type = "aws", .description = "hourkey's connections, under aws/creds/ and aws/sts/"};
}

http::response mount_answer(const call& what) { return shape_answer(200, wrapped(what, aws_engine(), "system")); }

}  // namespace

task<result<http::response>> list_mounts(services&, call& what) {
    wire::vault_mounts all;
    all.secret.emplace("aws/", aws_engine());
    all.auth.emplace("token/", wire::vault_mount{.path = "token/", .type = "token", .description = "hourkey's tokens"});
    co_return shape_answer(200, wrapped(what, std::move(all), "system"));
}

task<result<http::response>> get_mount(services&, call& what) { co_return mount_answer(what); }

task<result<http::response>> get_mount_of_path(services&, call& what) {
    HK_CO_CHECK(connection_name::parse(what.parameters[0]));
    co_return mount_answer(what);
}

}  // namespace hourkey::server::vault
