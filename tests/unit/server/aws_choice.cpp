#include "server/foundation/aws_choice.hpp"
#include "obs/log.hpp"
#include "support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace hourkey::server {
namespace {

using variables = std::map<std::string, std::string>;

struct toml {
    std::string region, sts_endpoint, ca_file, extra_regions = {};
};

result<aws_choice> choose(const toml& keys, variables env) {
    config c;
    c.aws.region = keys.region;
    c.aws.extra_regions = keys.extra_regions;
    c.aws.sts_endpoint = keys.sts_endpoint;
    c.aws.ca_file = keys.ca_file;
    env.emplace("AWS_CONFIG_FILE", "/dev/null");
    env.emplace("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    return choose_aws(c, [&env](const std::string& name) -> std::optional<std::string_view> {
        const auto at = env.find(name);
        return at == env.end() ? std::nullopt : std::optional<std::string_view>(at->second);
    });
}

/// Host, region of the signature, and what the operator is told.
std::string sketch(const aws_choice& choice) {
    const auto home = choice.endpoints.for_region(choice.endpoints.default_region()).value();
    std::string out = home.host_field + " " + home.region;
    if (choice.region_is_assumed) out += " assumed";
    if (choice.legacy_from) out += " legacy by " + *choice.legacy_from;
    if (choice.proxy_from) out += " no " + *choice.proxy_from;
    if (choice.unreadable_files) out += " unreadable";
    for (const auto& file : choice.loose_files) out += " loose " + file.path;
    for (const auto& name : choice.not_obeyed) out += " not " + name;
    return out;
}

}  // namespace

TEST_CASE("hourkey.toml goes before the SDKs' settings, and what it goes before is named") {
    struct row {
        const char* name;
        toml keys;
        variables env;
        const char* expected;
    };
    const std::vector<row> rows{
        {"nothing", {}, {}, "sts.us-east-1.amazonaws.com us-east-1 assumed"},
        {"a region", {"eu-west-1", "", ""}, {{"AWS_REGION", "us-west-2"}}, "sts.eu-west-1.amazonaws.com eu-west-1"},
        {"a region of tomorrow", {"eu-west-9", "", "", "eu-west-9"}, {}, "sts.eu-west-9.amazonaws.com eu-west-9"},
        {"the SDKs' region", {}, {{"AWS_REGION", "us-west-2"}}, "sts.us-west-2.amazonaws.com us-west-2"},
        {"the SDKs' endpoint",
         {"eu-west-1", "", ""},
         {{"AWS_ENDPOINT_URL", "http://127.0.0.1:9"}},
         "127.0.0.1:9 eu-west-1"},
        {"an endpoint",
         {"eu-west-1", "http://127.0.0.1:8", ""},
         {{"AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9"},
          {"AWS_USE_FIPS_ENDPOINT", "true"},
          {"AWS_STS_REGIONAL_ENDPOINTS", "legacy"}},
         "127.0.0.1:8 eu-west-1 not AWS_ENDPOINT_URL_STS (aws.sts_endpoint goes before it) not AWS_USE_FIPS_ENDPOINT "
         "(aws.sts_endpoint goes before it) not "
         "AWS_STS_REGIONAL_ENDPOINTS (aws.sts_endpoint goes before it)"},
        {"FIPS and dual stack",
         {"eu-west-1", "", ""},
         {{"AWS_USE_FIPS_ENDPOINT", "true"}, {"AWS_USE_DUALSTACK_ENDPOINT", "true"}},
         "sts-fips.eu-west-1.api.aws eu-west-1"},
        {"the global endpoint",
         {"eu-west-1", "", ""},
         {{"AWS_STS_REGIONAL_ENDPOINTS", "legacy"}},
         "sts.amazonaws.com us-east-1 legacy by AWS_STS_REGIONAL_ENDPOINTS"},
        {"FIPS goes before the global endpoint",
         {"eu-west-1", "", ""},
         {{"AWS_STS_REGIONAL_ENDPOINTS", "legacy"}, {"AWS_USE_FIPS_ENDPOINT", "true"}},
         "sts-fips.eu-west-1.amazonaws.com eu-west-1"},
        {"a CA file",
         {"eu-west-1", "", "/etc/ssl/certs/ca-certificates.crt"},
         {{"AWS_CA_BUNDLE", "/nowhere"}},
         "sts.eu-west-1.amazonaws.com eu-west-1 not AWS_CA_BUNDLE (aws.ca_file goes before it)"},
        {"a CA file that nothing needs",
         {"eu-west-1", "http://127.0.0.1:8", ""},
         {{"AWS_CA_BUNDLE", "/nowhere"}},
         "127.0.0.1:8 eu-west-1"},
        {"a proxy",
         {"eu-west-1", "", ""},
         {{"HTTPS_PROXY", "http://p"}},
         "sts.eu-west-1.amazonaws.com eu-west-1 no HTTPS_PROXY"},
        {"a proxy that is excepted",
         {"eu-west-1", "", ""},
         {{"HTTPS_PROXY", "http://p"}, {"NO_PROXY", ".amazonaws.com"}},
         "sts.eu-west-1.amazonaws.com eu-west-1"},
        {"a proxy for https alone",
         {"eu-west-1", "http://127.0.0.1:8", ""},
         {{"HTTPS_PROXY", "http://p"}},
         "127.0.0.1:8 eu-west-1"},
        {"files that cannot be read",
         {"eu-west-1", "", ""},
         {{"AWS_CONFIG_FILE", "/"}},
         "sts.eu-west-1.amazonaws.com eu-west-1 unreadable"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto got = choose(r.keys, r.env);
        REQUIRE_MESSAGE(got.has_value(), got.error().text());
        CHECK(sketch(*got) == r.expected);
    }
}

TEST_CASE("what cannot be is refused by the setting's name") {
    struct row {
        toml keys;
        variables env;
        const char* says;
    };
    for (const auto& r :
         {row{{},
              {{"AWS_ENDPOINT_URL", "https://sts.test"}, {"AWS_USE_FIPS_ENDPOINT", "true"}},
              "AWS_ENDPOINT_URL and AWS_USE_FIPS_ENDPOINT cannot both"},
          row{{},
              {{"AWS_ENDPOINT_URL", "https://sts.test"}, {"AWS_USE_DUALSTACK_ENDPOINT", "true"}},
              "AWS_USE_DUALSTACK_ENDPOINT cannot both"},
          row{{}, {{"AWS_ENDPOINT_URL_STS", "http://10.0.0.1"}}, "AWS_ENDPOINT_URL_STS is http:// to another machine"},
          row{{}, {{"AWS_CA_BUNDLE", "/nowhere"}}, "AWS_CA_BUNDLE: "},
          row{{"us-moon-1", "", ""}, {}, "aws.region is 'us-moon-1'"},
          row{{"eu-west-9", "", "", "eu-west-8"}, {}, "aws.region is 'eu-west-9'"},
          row{{"", "", "", "moon"}, {}, "aws.extra_regions: "},
          row{{}, {{"AWS_REGION", "EU-West-1"}}, "AWS_REGION is 'EU-West-1'"},
          row{{"", "http://10.0.0.1", ""}, {}, "aws.sts_endpoint is http://"}}) {
        CAPTURE(r.says);
        const auto got = choose(r.keys, r.env);
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().code == errc::invalid_configuration);
        CHECK(std::string(got.error().text()).find(r.says) != std::string::npos);
        CHECK_FALSE(got.error().hint.empty());
    }
}

TEST_CASE(
    "a shared file that others may write or whose keys they may read is used, and one line each says how to mend it") {
    const test::scratch_folder folder;
    const auto config_file = folder.put("config", "[default]\nregion=eu-west-1\n", 0666);
    const auto credentials =
        folder.put("credentials", "[default]\naws_access_key_id=A\naws_secret_access_key=s\n", 0644);
    const auto got = choose({}, {{"AWS_CONFIG_FILE", config_file}, {"AWS_SHARED_CREDENTIALS_FILE", credentials}});
    REQUIRE(got.has_value());
    CHECK(sketch(*got) == "sts.eu-west-1.amazonaws.com eu-west-1 loose " + config_file + " loose " + credentials);

    const auto log_file = folder.put("log", "");
    const int fd = ::open(log_file.c_str(), O_WRONLY | O_CLOEXEC);
    REQUIRE(fd >= 0);
    obs::configure({.format = obs::log_format::json, .descriptor = fd});
    log_notices(*got);
    obs::configure({});
    ::close(fd);
    const auto text = folder.read("log");
    CAPTURE(text);
    CHECK(text.find(R"("file":")" + config_file + R"(","fix":"Run: chmod go-w )" + config_file) != std::string::npos);
    CHECK(text.find(R"("file":")" + credentials + R"(","fix":"Run: chmod go-rwx )" + credentials) != std::string::npos);
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
}

}  // namespace hourkey::server
