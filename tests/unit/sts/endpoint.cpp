#include "sts/endpoint.hpp"

#include "source_tree.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

using namespace hourkey;
using namespace hourkey::sts;

TEST_CASE("each region has its own endpoint unless one is configured for all") {
    struct row {
        std::string name, configured, region, host, host_field;
        int port;
        bool tls;
        std::string signed_for = "eu-west-1";
    };
    const std::vector<row> rows{
        {"commercial", "", "eu-west-1", "sts.eu-west-1.amazonaws.com", "sts.eu-west-1.amazonaws.com", 443, true},
        {"China", "", "cn-north-1", "sts.cn-north-1.amazonaws.com.cn", "sts.cn-north-1.amazonaws.com.cn", 443, true,
         "cn-north-1"},
        {"https with a port", "https://sts.test:8443", "eu-west-1", "sts.test", "sts.test:8443", 8443, true,
         "us-east-1"},
        {"a default port is not signed", "https://sts.test:443/", "eu-west-1", "sts.test", "sts.test", 443, true,
         "us-east-1"},
        {"http to loopback", "http://127.0.0.1:5055", "eu-west-1", "127.0.0.1", "127.0.0.1:5055", 5055, false,
         "us-east-1"},
        {"http to localhost", "http://localhost", "eu-west-1", "localhost", "localhost", 80, false, "us-east-1"},
        {"IPv6", "https://[::1]:8443", "eu-west-1", "::1", "[::1]:8443", 8443, true, "us-east-1"},
        {"http to IPv6 loopback", "http://[::1]", "eu-west-1", "::1", "[::1]", 80, false, "us-east-1"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto table = endpoint_table::make({.region = "us-east-1", .url = r.configured});
        REQUIRE(table.has_value());
        CHECK(table->default_region() == "us-east-1");
        const auto found = table->for_region(r.region);
        REQUIRE(found.has_value());
        CHECK(found->region == r.signed_for);
        CHECK(found->to.host == r.host);
        CHECK(found->host_field == r.host_field);
        CHECK(found->to.port == r.port);
        CHECK((found->to.tls != nullptr) == r.tls);
        CHECK_FALSE(table->for_region("aws-global").has_value());
    }
}

TEST_CASE("one endpoint for all signs for one region: that in its name, or else the configured one") {
    struct row {
        std::string configured, region;
    };
    const std::vector<row> rows{
        {"https://sts-fips.us-west-2.amazonaws.com", "us-west-2"},
        {"https://sts.eu-central-1.api.aws", "eu-central-1"},
        {"https://vpce-0a1b2c-d3e4.sts.ap-south-1.vpce.amazonaws.com", "ap-south-1"},
        {"https://sts.cn-north-1.amazonaws.com.cn", "cn-north-1"},
        {"https://STS.EU-WEST-1.amazonaws.com", "eu-west-1"},
        {"https://sts.amazonaws.com", "us-east-1"},
        {"https://sts.test", "eu-north-1"},
        {"https://127.0.0.1:8443", "eu-north-1"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.configured);
        const auto table = endpoint_table::make({.region = "eu-north-1", .url = r.configured});
        REQUIRE(table.has_value());
        CHECK(table->default_region() == r.region);
        CHECK(table->for_region(r.region)->region == r.region);
        CHECK(table->for_region("sa-east-1")->region == r.region);
    }
}

TEST_CASE("an endpoint that would leak or cannot be is refused") {
    struct row {
        std::string name, region, configured;
    };
    const std::vector<row> rows{
        {"no region", "", ""},
        {"no region's name", "global", ""},
        {"http to another machine", "eu-west-1", "http://10.0.0.1:80"},
        {"http to a name that is not localhost", "eu-west-1", "http://localhost.example.com"},
        {"no scheme", "eu-west-1", "sts.test"},
        {"another scheme", "eu-west-1", "ftp://sts.test"},
        {"a path", "eu-west-1", "https://sts.test/v1"},
        {"a user", "eu-west-1", "https://me@sts.test"},
        {"a query", "eu-west-1", "https://sts.test?x"},
        {"no host", "eu-west-1", "https://:443"},
        {"port 0", "eu-west-1", "https://sts.test:0"},
        {"a port too large", "eu-west-1", "https://sts.test:65536"},
        {"a port that is none", "eu-west-1", "https://sts.test:https"},
        {"an open bracket", "eu-west-1", "https://[::1"},
        {"no IPv6 address", "eu-west-1", "https://[localhost]"},
        {"a line end", "eu-west-1", "https://sts.test\r\nx"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto table = endpoint_table::make({.region = r.region, .url = r.configured});
        REQUIRE_FALSE(table.has_value());
        CHECK(table.error().code == errc::invalid_configuration);
        CHECK_FALSE(table.error().hint.empty());
    }
}

TEST_CASE("an error names the setting that it comes from") {
    const auto no_url =
        endpoint_table::make({.region = "eu-west-1", .url = "sts.test", .url_from = "AWS_ENDPOINT_URL"});
    REQUIRE_FALSE(no_url.has_value());
    CHECK(no_url.error().text().starts_with("AWS_ENDPOINT_URL is no https:// address"));
    const auto no_file =
        endpoint_table::make({.region = "eu-west-1", .ca_file = "/nowhere/ca.pem", .ca_file_from = "AWS_CA_BUNDLE"});
    REQUIRE_FALSE(no_file.has_value());
    CHECK(no_file.error().text().starts_with("AWS_CA_BUNDLE: "));
    // Nobody is asked to prove anything there.
    CHECK(endpoint_table::make({.region = "eu-west-1", .url = "http://127.0.0.1:9", .ca_file = "/nowhere/ca.pem"})
              .has_value());
}

TEST_CASE("FIPS, dual stack and the global endpoint change each region's own") {
    struct row {
        aws::endpoint_variant variant;
        bool legacy_global;
        std::string region, host, signed_for;
    };
    const std::vector<row> rows{
        {{.fips = true}, false, "us-west-2", "sts-fips.us-west-2.amazonaws.com", "us-west-2"},
        {{.fips = true}, true, "us-west-2", "sts-fips.us-west-2.amazonaws.com", "us-west-2"},
        {{.dual_stack = true}, true, "us-west-2", "sts.us-west-2.api.aws", "us-west-2"},
        {{}, true, "us-west-2", "sts.amazonaws.com", "us-east-1"},
        {{}, true, "me-south-1", "sts.me-south-1.amazonaws.com", "me-south-1"},
        {{}, true, "cn-north-1", "sts.cn-north-1.amazonaws.com.cn", "cn-north-1"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.host);
        const auto table =
            endpoint_table::make({.region = "eu-west-1", .variant = r.variant, .legacy_global = r.legacy_global});
        REQUIRE(table.has_value());
        const auto found = table->for_region(r.region);
        REQUIRE(found.has_value());
        CHECK(found->to.host == r.host);
        CHECK(found->host_field == r.host);
        CHECK(found->region == r.signed_for);
    }
}

TEST_CASE("every region's endpoints are those that botocore resolves") {
    std::ifstream in(test::vectors_folder() + "/sts_endpoints.json");
    const auto vectors = nlohmann::json::parse(in);
    REQUIRE(vectors.at("regions").size() > 40);
    for (const auto& [region, hosts] : vectors.at("regions").items()) {
        CAPTURE(region);
        const std::vector<aws::endpoint_variant> variants{
            {}, {.dual_stack = true}, {.fips = true}, {.fips = true, .dual_stack = true}};
        for (std::size_t i = 0; i < variants.size(); ++i)
            CHECK(aws::sts_host(region, variants[i]).value() == hosts.at(i).get<std::string>());
        const auto legacy = endpoint_table::make({.region = region, .legacy_global = true})->for_region(region);
        REQUIRE(legacy.has_value());
        CHECK(legacy->to.host == hosts.at(4).get<std::string>());
        CHECK(legacy->region == hosts.at(5).get<std::string>());
    }
}
