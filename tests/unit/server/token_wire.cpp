#include "server/doors/token_wire.hpp"

#include "support/results.hpp"
#include "support/scratch_folder.hpp"

#include <string>

namespace hourkey::server {
namespace {

using test::code_of;

result<tenancy::token_request> read(const std::string& body) {
    return read_token_request(body, tenant_name::parse("acme").value());
}

}  // namespace

TEST_CASE("A token request is read from its fields, and a wrong one is named") {
    const auto good = read(R"({"role":"app","app":"web","stage":"prod","expires_in_seconds":3600})");
    REQUIRE(good.has_value());
    CHECK(good->role == model::role::app);
    CHECK(good->tenant->str() == "acme");
    CHECK(good->app->str() == "web");
    CHECK(good->stage->str() == "prod");
    CHECK(good->life == std::chrono::hours(1));
    CHECK(read(R"({"role":"admin"})").value().life == std::chrono::days(90));
    const struct {
        std::string body;
        std::string says;
    } rows[] = {{R"({})", "role"},
                {R"({"role":"root"})", "role"},
                {R"({"role":"Admin"})", "role"},
                {R"({"role":"app","app":"Web"})", ""},
                {R"({"role":"admin","expires_in_seconds":59})", "expires_in_seconds"},
                {R"({"role":"admin","expires_in_seconds":31622401})", "expires_in_seconds"},
                {R"({"role":"admin","expires_in_seconds":"60"})", "expires_in_seconds"},
                {R"({"role":"app","app":"web","stage":"Prod"})", "stage"},
                {R"({"role":"app","app":"web","tenant":"acme"})", "tenant"},
                {R"({"role":"admin","id":"x"})", "id"}};
    for (const auto& r : rows) {
        CAPTURE(r.body);
        const auto w = read(r.body);
        REQUIRE(code_of(w) == errc::invalid_request);
        CHECK(w.error().message.find(r.says) != std::string::npos);
    }
}

TEST_CASE("A command of the machine says the tenant too, or none") {
    const auto of_tenant = read_local_token_request(R"({"tenant":"acme","role":"admin"})");
    REQUIRE(of_tenant.has_value());
    CHECK(of_tenant->tenant->str() == "acme");
    CHECK_FALSE(read_local_token_request(R"({"role":"operator"})").value().tenant.has_value());
    CHECK(code_of(read_local_token_request(R"({"tenant":"A","role":"admin"})")) == errc::invalid_request);
}

}  // namespace hourkey::server
