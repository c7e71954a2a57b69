#include "server/foundation/aws_choice.hpp"

#include "aws/known_regions.hpp"
#include "credentials/proxy_variables.hpp"
#include "credentials/sdk_settings.hpp"
#include "credentials/shared_files.hpp"
#include "obs/log.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace hourkey::server {
namespace {

constexpr std::string_view assumed_region = "us-east-1";

credentials::found_setting region_of(const config& c, const credentials::sdk_settings& sdk) {
    if (!c.aws.region.empty()) return {c.aws.region, "aws.region"};
    return sdk.region.value_or(credentials::found_setting{std::string(assumed_region), {}});
}

result<std::vector<std::string>> read_extra_regions(const config& c) {
    auto regions = aws::parse_region_list(c.aws.extra_regions);
    if (!regions)
        return failure(errc::invalid_configuration, "aws.extra_regions: " + std::string(regions.error().text()) + ".",
                       regions.error().hint);
    return regions;
}

result<> check_region(const credentials::found_setting& region, const std::vector<std::string>& more) {
    if (aws::is_known_region(region.value) || std::ranges::find(more, region.value) != more.end()) return {};
    return failure(errc::invalid_configuration, region.from + " is '" + region.value + "', which is no AWS region.",
                   "Write it in lower case, like eu-west-1. If AWS has opened it lately, add it to aws.extra_regions.");
}

/// An endpoint of hourkey.toml outranks all that the SDKs' settings say about which one to take.
result<> take_endpoint(sts::endpoint_settings& out, const config& c, credentials::sdk_settings& sdk) {
    if (!c.aws.sts_endpoint.empty()) {
        out.url = c.aws.sts_endpoint;
        for (const auto* outranked : {&sdk.endpoint_url, &sdk.fips, &sdk.dual_stack, &sdk.legacy_global})
            if (*outranked) sdk.not_obeyed.push_back((*outranked)->from + " (aws.sts_endpoint goes before it)");
        sdk.legacy_global.reset();
        return {};
    }
    if (sdk.endpoint_url) {
        for (const auto* variant : {&sdk.fips, &sdk.dual_stack})
            if (*variant)
                return failure(errc::invalid_configuration,
                               sdk.endpoint_url->from + " and " + (*variant)->from + " cannot both be set.",
                               "Keep one: an endpoint's name says itself whether it is a FIPS or a dual-stack one.");
        out.url = sdk.endpoint_url->value;
        out.url_from = sdk.endpoint_url->from;
        sdk.legacy_global.reset();
        return {};
    }
    out.variant = {.fips = sdk.fips.has_value(), .dual_stack = sdk.dual_stack.has_value()};
    if (sdk.fips || sdk.dual_stack) sdk.legacy_global.reset();
    out.legacy_global = sdk.legacy_global.has_value();
    return {};
}

void take_ca_file(sts::endpoint_settings& out, const config& c, credentials::sdk_settings& sdk) {
    out.ca_file = c.aws.ca_file;
    if (!sdk.ca_bundle) return;
    if (!out.ca_file.empty()) {
        sdk.not_obeyed.push_back(sdk.ca_bundle->from + " (aws.ca_file goes before it)");
        return;
    }
    out.ca_file = sdk.ca_bundle->value;
    out.ca_file_from = sdk.ca_bundle->from;
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out.append(out.empty() ? "" : ", ").append(name);
    return out;
}

}  // namespace

result<aws_choice> choose_aws(const config& c, const credentials::environment& env) {
    const auto files = credentials::read_shared_files(credentials::find_shared_files(env));
    const credentials::shared_profiles unknown;
    HK_TRY(auto sdk, credentials::read_sdk_settings(env, files ? *files : unknown));
    const auto region = region_of(c, sdk);
    HK_TRY(auto more_regions, read_extra_regions(c));
    HK_CHECK(check_region(region, more_regions));
    sts::endpoint_settings settings;
    settings.region = region.value;
    HK_CHECK(take_endpoint(settings, c, sdk));
    take_ca_file(settings, c, sdk);
    HK_TRY(auto endpoints, sts::endpoint_table::make(std::move(settings)));
    endpoints.allow(std::move(more_regions));
    HK_TRY(const auto home, endpoints.for_region(endpoints.default_region()));

    aws_choice out{.endpoints = std::move(endpoints)};
    out.region_is_assumed = region.from.empty();
    if (sdk.legacy_global) out.legacy_from = sdk.legacy_global->from;
    out.not_obeyed = std::move(sdk.not_obeyed);
    if (home.to.tls) out.proxy_from = credentials::proxy_variable_for(env, home.to.host);
    if (files)
        out.loose_files = files->loose;
    else
        out.unreadable_files = files.error();
    return out;
}

void log_notices(const aws_choice& choice) {
    if (choice.region_is_assumed)
        obs::log(obs::level::info, "no AWS region is set; us-east-1 is assumed",
                 {{"fix", "set aws.region or AWS_REGION"}});
    if (choice.proxy_from)
        obs::log(obs::level::warn, "hourkey takes no proxy: it calls AWS STS directly",
                 {{"variable", *choice.proxy_from},
                  {"fix", "let this machine reach STS on port 443, or set aws.sts_endpoint to a VPC endpoint"}});
    if (!choice.not_obeyed.empty())
        obs::log(obs::level::warn, "settings of the AWS SDKs that hourkey does not obey",
                 {{"settings", joined(choice.not_obeyed)},
                  {"fix", "remove them, or set what hourkey.toml has in their place"}});
    if (choice.legacy_from)
        obs::log(
            obs::level::warn,
            "the global STS endpoint is used: its credentials are not valid in regions that accounts have to enable",
            {{"setting", *choice.legacy_from}, {"fix", "remove it, or set it to regional"}});
    for (const auto& file : choice.loose_files)
        obs::log(obs::level::warn,
                 file.is_writable ? "a shared AWS file can be written by others, who choose hourkey's AWS identity by "
                                    "it and the programs that it runs"
                                  : "a shared AWS file with keys can be read by others",
                 {{"file", file.path},
                  {"fix", "Run: chmod " + std::string(file.is_writable ? "go-w " : "go-rwx ") + file.path}});
    if (choice.unreadable_files)
        obs::log(obs::level::warn,
                 "the shared AWS files cannot be read: their region and endpoint settings are not known until the next "
                 "start",
                 {{"reason", choice.unreadable_files->hint}, {"cause", choice.unreadable_files->cause}});
}

}  // namespace hourkey::server
