#include "aws/partition.hpp"

#include <algorithm>
#include <array>

namespace hourkey::aws {
namespace {

using prefixes = std::array<std::string_view, 1>;

// boto/botocore botocore/data/partitions.json. Our own table, because older copies of that file lack aws-eusc.
constexpr std::array<std::string_view, 9> commercial{"us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-"};
constexpr prefixes china{"cn-"}, gov{"us-gov-"}, iso{"us-iso-"}, iso_b{"us-isob-"}, iso_e{"eu-isoe-"},
    iso_f{"us-isof-"}, european{"eusc-de-"};

constexpr std::array partitions{
    partition{"aws", "amazonaws.com", "api.aws", commercial},
    partition{"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", china},
    partition{"aws-us-gov", "amazonaws.com", "api.aws", gov},
    partition{"aws-iso", "c2s.ic.gov", "api.aws.ic.gov", iso},
    partition{"aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", iso_b},
    partition{"aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", iso_e},
    partition{"aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", iso_f},
    partition{"aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", european},
};

// endpoint-rule-set-1.json, the regions of UseGlobalEndpoint.
constexpr std::array<std::string_view, 15> legacy_regions{
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
    "eu-central-1",   "eu-north-1", "eu-west-1",      "eu-west-2",      "eu-west-3",
    "sa-east-1",      "us-east-1",  "us-east-2",      "us-west-1",      "us-west-2"};

/// A region becomes a DNS label and a part of the credential scope, so it is bounded and lower case.
constexpr std::size_t longest_region = 32;

bool is_lower_or_digit(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// What follows a prefix: `\w+-\d+`. The word holds no '-', which keeps us-gov-west-1 out of `us-`.
bool is_place_and_number(std::string_view text) noexcept {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return false;
    const auto place = text.substr(0, dash), number = text.substr(dash + 1);
    return !place.empty() && !number.empty() && std::ranges::all_of(place, is_lower_or_digit) &&
           std::ranges::all_of(number, is_digit);
}

}  // namespace

std::span<const partition> all_partitions() noexcept { return partitions; }

const partition* find_partition(std::string_view name) noexcept {
    const auto found = std::ranges::find(partitions, name, &partition::name);
    return found == partitions.end() ? nullptr : &*found;
}

const partition* partition_of_region(std::string_view region) noexcept {
    if (region.size() > longest_region) return nullptr;
    for (const auto& p : partitions)
        for (const auto prefix : p.region_prefixes)
            if (region.starts_with(prefix) && is_place_and_number(region.substr(prefix.size()))) return &p;
    return nullptr;
}

bool has_region_form(std::string_view text) noexcept { return partition_of_region(text) != nullptr; }

result<std::string> sts_host(std::string_view region, endpoint_variant variant) {
    if (region.empty())
        return invalid_field(
            "region", "is missing",
            "Set [aws] region, or AWS_REGION, to the region whose STS shall be used, e.g. eu-central-1.");
    const auto* in = partition_of_region(region);
    if (in == nullptr)
        return invalid_field("region", "is not an AWS region",
                             "Write a region such as eu-central-1; global endpoints are not used.");
    // All of GovCloud's are FIPS endpoints, and the name of the plain one says so no further.
    const bool plain_name = !variant.fips || (in->name == "aws-us-gov" && !variant.dual_stack);
    std::string host = plain_name ? "sts." : "sts-fips.";
    host.append(region).append(".").append(variant.dual_stack ? in->dual_stack_suffix : in->dns_suffix);
    return host;
}

bool has_legacy_global_sts(std::string_view region) noexcept {
    return std::ranges::find(legacy_regions, region) != legacy_regions.end();
}

}  // namespace hourkey::aws
