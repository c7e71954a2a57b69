#include "server/doors/hint.hpp"

#include "asked.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace hourkey::server {
namespace {

constexpr std::string_view every = "{tenant}/{connection}/{app}";

}  // namespace

TEST_CASE("A hint's placeholders become what the path and the token say, and nothing else") {
    struct row {
        const char* name;
        http::method verb;
        const char* path;
        const char* tenant;  ///< the token's
        const char* app;
        const char* wanted;
    };
    const std::vector<row> rows{
        {"a vend knows all three", http::method::get, "/v1/credentials/prod", "acme", "web", "acme/prod/web"},
        {"a connection that can be no name is not said again", http::method::get, "/v1/credentials/AKIA_SECRET", "acme",
         "web", "acme/{connection}/web"},
        {"the path goes before the token", http::method::put, "/v1/tenants/acme/connections/prod/grants/api", "acme",
         "web", "acme/prod/api"},
        {"any app", http::method::put, "/v1/tenants/acme/connections/prod/grants/*", "acme", "", "acme/prod/*"},
        {"an admin's token tells no app", http::method::post, "/v1/tenants/acme/connections/prod/verify", "acme", "",
         "acme/prod/{app}"},
        {"an operator's tells no tenant", http::method::get, "/v1/tenants", "", "", "{tenant}/{connection}/{app}"},
        {"no route", http::method::get, "/nowhere", "acme", "web", "acme/{connection}/web"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        asked one(r.verb, r.path);
        if (*r.tenant != '\0') one.what.caller.tenant = *tenant_name::parse(r.tenant);
        if (*r.app != '\0') one.what.caller.app = *app_name::parse(r.app);
        CHECK(fill_in(every, one.row(), one.what) == r.wanted);
    }
}

TEST_CASE("A connection that the body names takes the place that no path fills") {
    asked one(http::method::post, "/v1/resolve");
    const auto prod = *connection_name::parse("prod"), other = *connection_name::parse("other");
    CHECK(fill_in(every, one.row(), one.what) == "{tenant}/{connection}/{app}");
    one.what.connection = prod;
    CHECK(fill_in(every, one.row(), one.what) == "{tenant}/prod/{app}");
    CHECK(fill_in(every, one.row(), one.what, other) == "{tenant}/other/{app}");
    asked path(http::method::get, "/v1/credentials/mine");
    CHECK(fill_in(every, path.row(), path.what, other) == "{tenant}/mine/{app}");
}

TEST_CASE("Other braces of a hint stay") {
    asked one(http::method::get, "/v1/credentials/prod");
    for (const std::string text : {R"({"Version":"2012-10-17"})", "{", "a {tenan", "{id}", ""})
        CHECK(fill_in(text, one.row(), one.what) == text);
}

TEST_CASE("What is not there is looked for in the collection above it") {
    struct row {
        const char* path;
        const char* wanted;
    };
    for (const auto& r :
         {row{"/v1/tenants/acme/apps/web", "List what exists: GET /v1/tenants/acme/apps."},
          row{"/v1/tenants/acme/connections/prod", "List what exists: GET /v1/tenants/acme/connections."},
          row{"/v1/tenants/acme/connections/prod/grants", "List what exists: GET /v1/tenants/acme/connections."},
          row{"/v1/tenants/acme/connections/prod/grants/web",
              "List what exists: GET /v1/tenants/acme/connections/prod/grants."},
          row{"/v1/aws/creds/prod", ""}, row{"/v1/environment/prod", ""}, row{"/v1/whoami", ""}, row{"/nowhere", ""}}) {
        CAPTURE(r.path);
        asked one(http::method::get, r.path);
        CHECK(where_to_look(one.row(), one.what) == r.wanted);
    }
}

}  // namespace hourkey::server
