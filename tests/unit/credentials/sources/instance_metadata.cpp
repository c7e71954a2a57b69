// The stand-in answers as EC2's metadata service does.
#include "credentials/sources/instance_metadata.hpp"

#include "unit/credentials/platform.hpp"

#include <doctest/doctest.h>

#include <charconv>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace hourkey;
using namespace hourkey::credentials;
using namespace hourkey::test;

namespace {

std::string from_metadata(const std::string& url) {
    test_environment variables;
    variables.set("AWS_EC2_METADATA_DISABLED", "");
    variables.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", url);
    auto service = metadata_of_environment(variables.reader());
    REQUIRE(service.has_value());
    REQUIRE(service->has_value());
    return told(fetch_once(**std::move(service), quick_settings(variables)));
}

}  // namespace

TEST_CASE("the metadata service gives the instance's role, by a token and never without one") {
    int tokens = 0;
    const auto imds = [&tokens](bool first_ends) {
        return [&tokens, first_ends](const seen& r, int) {
            if (r.what == "PUT /latest/api/token") {
                CHECK(r.fields.at("x-aws-ec2-metadata-token-ttl-seconds") == "21600");
                return with(200, "token-" + std::to_string(++tokens));
            }
            const auto token = r.fields.find("x-aws-ec2-metadata-token");
            const auto current = "token-" + std::to_string(first_ends ? 2 : tokens);
            if (token == r.fields.end() || token->second != current) return with(401, "");
            if (r.what == "GET /latest/meta-data/iam/security-credentials/") return with(200, "web.role-1\n");
            if (r.what == "GET /latest/meta-data/iam/security-credentials/web.role-1")
                return with(200, keys_document("Success"));
            return with(404, "");
        };
    };
    platform steady(imds(false));
    CHECK(from_metadata(steady.url()) == "ASIATASK until " + later);
    CHECK(steady.all().size() == 3);
    tokens = 0;
    platform rotating(imds(true));
    CHECK(from_metadata(rotating.url() + "/") == "ASIATASK until " + later);
    CHECK(tokens == 2);
}

TEST_CASE("why the metadata service gives no keys is told") {
    const auto after_token = [](http::response list, http::response document) {
        return [list, document](const seen& r, int) {
            if (r.what.starts_with("PUT")) return with(200, "t");
            return r.what.ends_with("/") ? list : document;
        };
    };
    struct row {
        const char* name;
        platform::answers how;
        std::string expected;
    };
    const auto named = with(200, "r");
    const std::vector<row> rows{
        {"switched off", [](const seen&, int) { return with(403, ""); },
         "the metadata service answered with status 403; it is switched off for this instance"},
        {"version 1 only", [](const seen&, int) { return with(404, ""); },
         "the metadata service answered with status 404"},
        {"a proxy's page", [](const seen&, int) { return with(200, "<html>\n</html>"); },
         "the metadata service gave a token that is none"},
        {"no role", after_token(with(404, ""), with(200, keys_document("Success"))), "the instance has no role"},
        {"a list of something else", after_token(with(200, "../../x"), with(200, keys_document("Success"))),
         "the metadata service names no role of the instance's"},
        {"a role that cannot be assumed",
         after_token(named,
                     with(200, R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role"})")),
         "the metadata service gives no keys (AssumeRoleUnauthorizedAccess)"},
        {"an error", after_token(named, with(500, "")), "the metadata service answered with status 500"},
        {"tokens that never hold", after_token(with(401, ""), with(401, "")),
         "the metadata service does not take the tokens that it gives"}};
    for (const auto& r : rows) {
        CAPTURE(r.name);
        platform imds(r.how);
        CHECK(from_metadata(imds.url()) == r.expected);
    }
    CHECK(from_metadata("http://127.0.0.1:1").starts_with("the metadata service did not answer; on EC2 a container"));
}

TEST_CASE("the metadata service is AWS's, or on loopback, or off") {
    const std::string endpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT", mode = endpoint + "_MODE";
    const struct {
        std::map<std::string, std::string> env;
        std::string expected;
    } rows[] = {{{}, "169.254.169.254"},
                {{{mode, "ipv4"}}, "169.254.169.254"},
                {{{mode, "IPv6"}}, "fd00:ec2::254"},
                {{{mode, "IPv6"}, {endpoint, "http://localhost:1338/"}}, "localhost"},
                {{{endpoint, "http://169.254.169.254"}}, "169.254.169.254"},
                {{{endpoint, "https://metadata.example.com"}}, "metadata.example.com"},
                {{{"AWS_EC2_METADATA_DISABLED", "TRUE"}}, "off"},
                {{{"AWS_EC2_METADATA_DISABLED", "false"}}, "169.254.169.254"},
                {{{mode, "5"}}, "is neither IPv4 nor IPv6"},
                {{{endpoint, "http://169.254.169.253"}}, "is http:// to another machine"},
                {{{endpoint, "http://metadata"}}, "is http:// to another machine"},
                {{{endpoint, "http://localhost/latest"}}, "has a path"},
                {{{endpoint, "localhost"}}, "is no https:// address"}};
    for (const auto& r : rows) {
        CAPTURE(r.expected);
        test_environment variables;
        variables.set("AWS_EC2_METADATA_DISABLED", "");
        for (const auto& [name, value] : r.env) variables.set(name, value);
        const auto got = metadata_of_environment(variables.reader());
        if (!got)
            CHECK(got.error().hint.find(r.expected) != std::string::npos);
        else
            CHECK((*got ? (*got)->url.host : "off") == r.expected);
    }
}
