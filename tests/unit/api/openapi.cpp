#include "api/openapi.hpp"

#include "api/credentials.hpp"
#include "api/operation.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <regex>
#include <set>
#include <string>
#include <vector>

using namespace hourkey;

namespace {

nlohmann::json whole_document() {
    std::vector<api::offered> all;
    for (const auto& o : api::operations())
        all.push_back({.verb = o.verb, .path = o.path, .roles = o.path.starts_with("/v1") ? "admin" : ""});
    return nlohmann::json::parse(api::openapi_document(all, "1.2.3"));
}

void collect_references(const nlohmann::json& in, std::set<std::string>& out) {
    if (in.is_object() && in.contains("$ref")) out.insert(in["$ref"].get<std::string>());
    if (in.is_structured())
        for (const auto& part : in) collect_references(part, out);
}

/// Codes that no answer of the main listener has: they end a start or a command, or become another on the way.
constexpr std::array never_answered{errc::too_many_connections,  errc::schema_too_new,    errc::wrong_server_key,
                                    errc::invalid_configuration, errc::connection_failed, errc::connection_closed,
                                    errc::connection_truncated,  errc::deadline_exceeded, errc::tls_failed,
                                    errc::protocol_violation,    errc::store_corrupt,     errc::sts_invalid_answer};

}  // namespace

TEST_CASE("An operation is found by its verb and path") {
    REQUIRE(api::find_operation("PUT", "/v1/tenants/{tenant}/apps/{app}") != nullptr);
    CHECK(api::find_operation("PUT", "/v1/tenants/{tenant}/apps/{app}")->id == "put_app");
    CHECK(api::find_operation("POST", "/v1/tenants/{tenant}/apps/{app}") == nullptr);
}

TEST_CASE("No two operations share a name or a route") {
    std::set<std::string_view> names;
    std::set<std::pair<std::string_view, std::string_view>> routes;
    for (const auto& o : api::operations()) {
        CAPTURE(o.id);
        CHECK(names.insert(o.id).second);
        CHECK(routes.insert({o.verb, o.path}).second);
    }
}

TEST_CASE("What is referred to is there, and what is there is referred to") {
    const auto document = whole_document();
    std::set<std::string> wanted;
    collect_references(document, wanted);
    std::set<std::string> present;
    for (const auto& [kind, parts] : document["components"].items())
        if (kind != "securitySchemes")
            for (const auto& [name, part] : parts.items()) present.insert("#/components/" + kind + "/" + name);
    for (const auto& name : wanted)
        CHECK_MESSAGE(present.contains(name), "add to a list in lib/api/openapi_components.cpp what ", name,
                      " stands for");
    for (const auto& name : present) CHECK_MESSAGE(wanted.contains(name), "nothing refers to ", name);
}

TEST_CASE("Every code that an answer may have stands at an operation, under its status") {
    std::set<errc> said;
    for (const auto code : api::refused_unread()) said.insert(code);
    for (const auto& o : api::operations())
        for (const auto group : o.refuses) said.insert(group.begin(), group.end());
    for (const auto& row : all_errc_rows()) {
        const bool is_answered = std::ranges::find(never_answered, row.code) == never_answered.end();
        CHECK_MESSAGE(said.contains(row.code) == is_answered, row.api,
                      is_answered ? " stands at no operation: add it to a list in lib/api/operations.cpp, or to "
                                    "never_answered"
                                  : " stands at an operation and in never_answered");
    }
    const auto vend = whole_document()["paths"]["/v1/credentials/{connection}"]["get"]["responses"];
    CHECK(vend["409"]["$ref"] == "#/components/responses/connection_not_ready.min_ttl_unmet");
    CHECK(vend["default"]["$ref"] == "#/components/responses/unread");
}

TEST_CASE("Refusals of a protocol that is not hourkey's own have its shape and its statuses") {
    const auto document = whole_document();
    const auto vend = document["paths"]["/v1/aws/sts/{connection}"]["get"]["responses"];
    CHECK_FALSE(vend.contains("401"));
    CHECK_FALSE(vend.contains("404"));
    const auto denied = vend["403"]["$ref"].get<std::string>();
    CHECK(denied == "#/components/responses/VaultError.app_not_allowed.role_not_allowed.unauthenticated");
    const auto shape =
        document["components"]["responses"]["VaultError.app_not_allowed.role_not_allowed.unauthenticated"];
    CHECK(shape["content"]["application/json"]["schema"]["allOf"][0]["$ref"] == "#/components/schemas/VaultError");
    const auto resolve = document["paths"]["/v1/resolve"]["post"]["responses"];
    CHECK(resolve["403"]["$ref"] == "#/components/responses/ResolveError.app_not_allowed.role_not_allowed");
    const auto values = document["components"]["schemas"]["Resolved"]["properties"]["values"]["additionalProperties"];
    CHECK(values["oneOf"][1]["$ref"] == "#/components/schemas/ResolvedSecret");
}

TEST_CASE("A route without an operation has no place in the document") {
    const std::vector<api::offered> routes{{.verb = "GET", .path = "/v1/whoami", .roles = "admin"},
                                           {.verb = "PUT", .path = "/v1/whoami", .roles = "admin"}};
    const auto paths = nlohmann::json::parse(api::openapi_document(routes, "1"))["paths"];
    CHECK(paths["/v1/whoami"].contains("get"));
    CHECK_FALSE(paths["/v1/whoami"].contains("put"));
}

TEST_CASE("Bounds that policy judges are published, and what is beyond them is left to it") {
    const auto document = whole_document();
    const auto& body = document["components"]["schemas"][std::string(api::credentials_request::is.title)]["properties"];
    CHECK(body["duration_seconds"]["minimum"] == 900);
    CHECK(body["duration_seconds"]["maximum"] == 43'200);
    CHECK(body["min_ttl_seconds"]["minimum"] == 0);
    CHECK(api::read<api::credentials_request>(R"({"duration_seconds":899})")->duration == std::chrono::seconds(899));
    CHECK_FALSE(api::read<api::credentials_request>(R"({"duration_seconds":1000000001})").has_value());
}

TEST_CASE("An access key id is published as wide as AWS makes them") {
    const auto document = whole_document();
    const auto& fields = document["components"]["schemas"]["Credentials"]["properties"];
    const std::regex pattern(fields["AccessKeyId"]["pattern"].get<std::string>());
    for (const auto* id : {"ASIAEKWVBXG2LBKZYK2U", "some_id_of_16_wd"}) CHECK(std::regex_match(id, pattern));
    for (const auto* id : {"fifteen_letters", "ASIA EKWVBXG2LBKZYK2U"}) CHECK_FALSE(std::regex_match(id, pattern));
}

TEST_CASE("Only what is open to everybody asks for no token") {
    const auto paths = whole_document()["paths"];
    CHECK(paths["/livez"]["get"]["security"] == nlohmann::json::array());
    CHECK_FALSE(paths["/v1/whoami"]["get"].contains("security"));
    CHECK(paths["/v1/whoami"]["get"]["description"] == "For tokens of role admin.");
}
