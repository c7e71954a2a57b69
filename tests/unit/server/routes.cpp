#include "asked.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace hourkey::server {
namespace {

std::string methods_at(std::string_view path) { return methods_of(routes_of(opening::main), path); }

}  // namespace

TEST_CASE("A path finds its row, its tenant and its names") {
    using enum http::method;
    const asked one(put, "/v1/tenants/acme/connections/prod/grants/deploy");
    REQUIRE(one.row() != nullptr);
    CHECK((*one.found)->verb == put);
    CHECK((*one.found)->path == "/v1/tenants/{tenant}/connections/{connection}/grants/{app}");
    CHECK(one.what.tenant->str() == "acme");
    CHECK(one.what.parameters[0] == "prod");
    CHECK(one.what.parameters[1] == "deploy");

    const asked vend(get, "/v1/credentials/prod");
    REQUIRE(vend.row() != nullptr);
    CHECK(!vend.what.tenant);
    CHECK(vend.what.parameters[0] == "prod");

    const asked list(get, "/v1/tenants");
    REQUIRE(list.row() != nullptr);
    CHECK(!list.what.tenant);
}

TEST_CASE("The escaped star is the star, and no other escape stands in a name") {
    using enum http::method;
    const asked star(get, "/v1/tenants/acme/connections/prod/grants/%2A");
    REQUIRE(star.row() != nullptr);
    CHECK(star.what.parameters[1] == "*");
    const asked lower(get, "/v1/tenants/acme/connections/prod/grants/%2a");
    REQUIRE(lower.row() != nullptr);
    CHECK(lower.what.parameters[1] == "*");
    for (const std::string path : {"/v1/tenants/acme/apps/%61", "/v1/tenants/acme/apps/web%2A",
                                   "/v1/tenants/%61cme/apps", "/v1/credentials/pr%6Fd"}) {
        CAPTURE(path);
        const asked escaped(get, path);
        REQUIRE(!escaped.found);
        CHECK(escaped.found.error().code == errc::invalid_request);
    }
}

TEST_CASE("A path of no row is not found, however near it comes") {
    for (const std::string path : {"/", "/v1", "/v1/", "/v1/tenants/", "/v1/tenants/acme/", "/v1/tenants/acme/apps/",
                                   "/v1/tenants/acme/apps/a/b", "/V1/tenants", "/v1/credentials", "/v1/credentials/",
                                   "/livez/", "/metrics", "/control/tokens", "//livez"}) {
        CAPTURE(path);
        const asked one(http::method::get, path);
        REQUIRE(one.found.has_value());
        CHECK(*one.found == nullptr);
        CHECK(methods_at(path).empty());
    }
}

TEST_CASE("A known path with another method is told which ones there are") {
    using enum http::method;
    const struct {
        http::method verb;
        std::string path;
        std::string methods;
    } rows[] = {{post, "/v1/tenants/acme/apps/web", "GET, PUT, DELETE"},
                {delete_, "/v1/tenants", "GET, POST"},
                {put, "/v1/credentials/prod", "GET, POST"},
                {head, "/v1/whoami", "GET"},
                {post, "/livez", "GET, HEAD"},
                {options, "/v1/tenants/acme/audit", "GET"}};
    for (const auto& r : rows) {
        CAPTURE(r.path);
        const asked one(r.verb, r.path);
        CHECK(one.row() == nullptr);
        CHECK(methods_at(r.path) == r.methods);
    }
}

TEST_CASE("HEAD asks for health only") {
    CHECK(asked(http::method::head, "/livez").row() != nullptr);
    CHECK(asked(http::method::head, "/readyz", opening::admin).row() != nullptr);
    CHECK(asked(http::method::head, "/v1/tenants").row() == nullptr);
}

TEST_CASE("A tenant's name is checked before anything is looked up") {
    for (const std::string path : {"/v1/tenants/ACME", "/v1/tenants/-acme/apps", "/v1/tenants/acme./apps"}) {
        CAPTURE(path);
        const asked one(http::method::get, path);
        REQUIRE(!one.found);
        CHECK(one.found.error().code == errc::invalid_request);
    }
}

TEST_CASE("No row stands twice, and each has a handler and a right that fits its path") {
    for (const auto o : all_openings) {
        std::set<std::string> seen;
        for (const auto& r : routes_of(o)) {
            const auto name = std::string(to_text(r.verb)) + " " + std::string(r.path);
            CAPTURE(name);
            CHECK(seen.insert(name).second);
            const bool is_handled = r.handle != nullptr;
            CHECK(is_handled);
            const bool in_tenant = r.path.find("{tenant}") != std::string_view::npos;
            using enum policy::right;
            if (r.needs == read_tenant || r.needs == change_tenant || r.needs == see_tenant || r.needs == manage_tokens)
                CHECK(in_tenant);
            if (in_tenant) CHECK(r.needs != anyone);
            if (in_tenant) CHECK(r.needs != any_caller);
            // What changes something is no GET, and needs more than reading.
            if (r.needs == read_tenant || r.needs == see_tenant) CHECK(r.verb == http::method::get);
        }
    }
}

}  // namespace hourkey::server
