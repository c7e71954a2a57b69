#include "server/openapi.hpp"

#include "api/operation.hpp"
#include "model/audit_fields.hpp"
#include "server/mounts.hpp"
#include "source_tree.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace hourkey::server {
namespace {

std::string name_of(std::string_view verb, std::string_view path) {
    return std::string(verb) + " " + std::string(path);
}

}  // namespace

TEST_CASE("Each route of the main listener has an operation, and each operation a route") {
    std::set<std::string> routes;
    for (const auto& r : routes_of(opening::main)) {
        routes.insert(name_of(to_text(r.verb), r.path));
        CHECK_MESSAGE(api::find_operation(to_text(r.verb), r.path) != nullptr,
                      "add a row to lib/api/operations.cpp for ", name_of(to_text(r.verb), r.path));
    }
    for (const auto& o : api::operations())
        CHECK_MESSAGE(routes.contains(name_of(o.verb, o.path)), name_of(o.verb, o.path), " is no route any more");
}

TEST_CASE("A query is documented where a handler reads one") {
    for (const auto& r : routes_of(opening::main)) {
        CAPTURE(name_of(to_text(r.verb), r.path));
        const auto* const o = api::find_operation(to_text(r.verb), r.path);
        REQUIRE(o != nullptr);
        CHECK((r.query == query_use::read) == (o->query.is != nullptr));
    }
}

TEST_CASE("The document says which roles may") {
    const auto paths = nlohmann::json::parse(openapi())["paths"];
    const auto who = [&paths](const char* path, const char* verb) {
        return paths[path][verb]["description"].get<std::string>();
    };
    CHECK(who("/v1/whoami", "get") == "For tokens of role operator, admin, app, auditor.");
    CHECK(who("/v1/credentials/{connection}", "get") == "For tokens of role app.");
    CHECK(who("/tenants/{tenant}/secrets/access", "post") == "For tokens of role app.");
    CHECK(who("/v1/auth/token/lookup-self", "get") == "For tokens of role operator, admin, app, auditor.");
    CHECK(who("/v1/tenants/{tenant}", "get") == "For tokens of role operator, admin, auditor.");
    CHECK(who("/v1/tenants/{tenant}/apps/{app}", "put") == "For tokens of role admin.");
}

TEST_CASE("What the audit may tell of a thing, the API shows under the same name") {
    const auto document = nlohmann::json::parse(openapi());
    std::set<std::string> shown, kept;
    for (const auto& [name, field] : document["components"]["schemas"]["AuditedState"]["properties"].items())
        shown.insert(name);
    for (int i = 0; i <= static_cast<int>(model::audit_field::last_); ++i)
        kept.emplace(to_text(static_cast<model::audit_field>(i)));
    for (const auto& name : kept)
        CHECK_MESSAGE(shown.contains(name), "add to audited_state in lib/api/audit.* the field ", name);
    for (const auto& name : shown) CHECK_MESSAGE(kept.contains(name), name, " is no audit_field any more");
}

TEST_CASE("schema/openapi.json is what the program gives") {
    const auto file = test::schema_folder() + "/openapi.json";
    std::ifstream in(file, std::ios::binary);
    const std::string committed(std::istreambuf_iterator<char>(in), {});
    const auto given = nlohmann::ordered_json::parse(openapi()).dump(2) + "\n";
    const bool is_same = committed == given;
    if (!is_same) std::ofstream("openapi.json", std::ios::binary) << given;
    CHECK_MESSAGE(is_same, "it is not; what it gives stands in ./openapi.json now: copy it to " << file);
}

}  // namespace hourkey::server
