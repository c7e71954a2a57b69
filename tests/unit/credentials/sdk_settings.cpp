#include "credentials/sdk_settings.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace hourkey;
using namespace hourkey::credentials;

namespace {

using variables = std::map<std::string, std::string>;

result<sdk_settings> read(const variables& v, const std::string& config) {
    const environment lookup = [&v](const std::string& name) -> std::optional<std::string_view> {
        const auto at = v.find(name);
        return at == v.end() ? std::nullopt : std::optional<std::string_view>(at->second);
    };
    auto file = parse_profile_file(config, profile_file_kind::config);
    REQUIRE(file.has_value());
    return read_sdk_settings(lookup, {.profiles = std::move(file->profiles), .services = std::move(file->services)});
}

std::string sketch(const sdk_settings& s) {
    std::string out;
    const auto add = [&](std::string_view what, const std::optional<found_setting>& setting) {
        if (setting)
            out.append(what).append("=").append(setting->value).append(" (").append(setting->from).append("); ");
    };
    add("region", s.region);
    add("url", s.endpoint_url);
    add("ca", s.ca_bundle);
    add("fips", s.fips);
    add("dual", s.dual_stack);
    add("legacy", s.legacy_global);
    for (const auto& name : s.not_obeyed) out += "not " + name + "; ";
    return out;
}

struct row {
    std::string name;
    variables env;
    std::string config;
    std::string expected;
};

const std::string services =
    "[services local]\nsts =\n  endpoint_url = https://services\ns3 =\n  endpoint_url = https://s3\n";
const std::string all_urls = "[default]\nservices = local\nendpoint_url = https://profile\n" + services;

const std::vector<row> rows{
    {"nothing", {}, "", ""},
    {"region: AWS_REGION first",
     {{"AWS_REGION", "a"}, {"AWS_DEFAULT_REGION", "b"}},
     "[default]\nregion = c\n",
     "region=a (AWS_REGION); "},
    {"region: then AWS_DEFAULT_REGION",
     {{"AWS_REGION", ""}, {"AWS_DEFAULT_REGION", "b"}},
     "[default]\nregion = c\n",
     "region=b (AWS_DEFAULT_REGION); "},
    {"region: then the profile's", {}, "[default]\nregion = c\n", "region=c (region of profile default); "},
    {"the profile of AWS_PROFILE",
     {{"AWS_PROFILE", "p"}},
     "[default]\nregion = c\n[profile p]\nregion = d\n",
     "region=d (region of profile p); "},
    {"the profile of AWS_DEFAULT_PROFILE",
     {{"AWS_DEFAULT_PROFILE", "p"}},
     "[default]\nregion = c\n[profile p]\nregion = d\n",
     "region=d (region of profile p); "},
    {"not another profile's", {{"AWS_PROFILE", "p"}}, "[default]\nuse_fips_endpoint = true\n[profile p]\na = b\n", ""},
    {"URL: STS's variable first",
     {{"AWS_ENDPOINT_URL", "https://all"}, {"AWS_ENDPOINT_URL_STS", "https://sts"}},
     all_urls,
     "url=https://sts (AWS_ENDPOINT_URL_STS); "},
    {"URL: then that of all services",
     {{"AWS_ENDPOINT_URL", "https://all"}},
     all_urls,
     "url=https://all (AWS_ENDPOINT_URL); "},
    {"URL: then the services section", {}, all_urls, "url=https://services (sts.endpoint_url of services local); "},
    {"URL: then the profile's",
     {},
     "[default]\nendpoint_url = https://profile\n" + services,
     "url=https://profile (endpoint_url of profile default); "},
    {"URL: a services section without STS",
     {},
     "[default]\nservices = local\nendpoint_url = https://profile\n[services local]\ns3 =\n  endpoint_url = "
     "https://s3\n",
     "url=https://profile (endpoint_url of profile default); "},
    {"URL: a services section that is not there", {}, "[default]\nservices = gone\n", ""},
    {"URL: all are switched off",
     {{"AWS_ENDPOINT_URL", "https://all"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}},
     all_urls,
     ""},
    {"URL: the profile switches off",
     {{"AWS_ENDPOINT_URL", "https://all"}},
     "[default]\nignore_configured_endpoint_urls = true\n",
     ""},
    {"URL: a switch that is off",
     {{"AWS_ENDPOINT_URL", "https://all"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"}},
     "[default]\nignore_configured_endpoint_urls = true\n",
     "url=https://all (AWS_ENDPOINT_URL); "},
    {"FIPS and dual stack by variables",
     {{"AWS_USE_FIPS_ENDPOINT", "True"}, {"AWS_USE_DUALSTACK_ENDPOINT", "true"}},
     "",
     "fips=True (AWS_USE_FIPS_ENDPOINT); dual=true (AWS_USE_DUALSTACK_ENDPOINT); "},
    {"FIPS and dual stack by the profile",
     {},
     "[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = TRUE\n",
     "fips=true (use_fips_endpoint of profile default); dual=TRUE (use_dualstack_endpoint of profile default); "},
    {"a variable switches the profile's off",
     {{"AWS_USE_FIPS_ENDPOINT", "false"}},
     "[default]\nuse_fips_endpoint = true\n",
     ""},
    {"CA: the variable", {{"AWS_CA_BUNDLE", "/a"}}, "[default]\nca_bundle = /b\n", "ca=/a (AWS_CA_BUNDLE); "},
    {"CA: the profile's", {}, "[default]\nca_bundle = /b\n", "ca=/b (ca_bundle of profile default); "},
    {"legacy", {{"AWS_STS_REGIONAL_ENDPOINTS", "legacy"}}, "", "legacy=legacy (AWS_STS_REGIONAL_ENDPOINTS); "},
    {"legacy by the profile",
     {},
     "[default]\nsts_regional_endpoints = legacy\n",
     "legacy=legacy (sts_regional_endpoints of profile default); "},
    {"regional", {{"AWS_STS_REGIONAL_ENDPOINTS", "regional"}}, "[default]\nsts_regional_endpoints = legacy\n", ""},
    {"what is not obeyed is named",
     {{"AWS_MAX_ATTEMPTS", "10"}, {"AWS_SDK_UA_APP_ID", "x"}, {"REQUESTS_CA_BUNDLE", "/x"}},
     "[default]\nretry_mode = adaptive\ndefaults_mode = auto\ntcp_keepalive = true\n",
     "not AWS_MAX_ATTEMPTS; not retry_mode of profile default; not defaults_mode of profile default; not "
     "AWS_SDK_UA_APP_ID; "
     "not tcp_keepalive of profile default; not REQUESTS_CA_BUNDLE; "},
    {"what hourkey does anyway is not", {{"AWS_MAX_ATTEMPTS", "3"}, {"AWS_RETRY_MODE", "Standard"}}, "", ""},
};

}  // namespace

TEST_CASE("the SDKs' settings are found where the SDKs find them") {
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto got = read(r.env, r.config);
        REQUIRE_MESSAGE(got.has_value(), got.error().text());
        CHECK(sketch(*got) == r.expected);
    }
}

TEST_CASE("a setting that is none of its values is refused by its name") {
    struct refused {
        variables env;
        std::string config, says;
    };
    for (const auto& r :
         {refused{{{"AWS_USE_FIPS_ENDPOINT", "yes"}}, "", "AWS_USE_FIPS_ENDPOINT is neither true nor false"},
          refused{
              {}, "[default]\nuse_dualstack_endpoint = 1\n", "use_dualstack_endpoint of profile default is neither"},
          refused{
              {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "on"}}, "", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is neither"},
          refused{{{"AWS_STS_REGIONAL_ENDPOINTS", "global"}},
                  "",
                  "AWS_STS_REGIONAL_ENDPOINTS is neither legacy nor regional"}}) {
        CAPTURE(r.says);
        const auto got = read(r.env, r.config);
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().code == errc::invalid_configuration);
        CHECK(got.error().text().find(r.says) != std::string::npos);
        CHECK_FALSE(got.error().hint.empty());
    }
}
