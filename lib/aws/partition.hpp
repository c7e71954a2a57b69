#pragma once

#include "core/failure.hpp"

#include <span>
#include <string>
#include <string_view>

namespace hourkey::aws {

/// A part of AWS with accounts, ARNs and DNS names of its own. Roles cannot be assumed across partitions.
struct partition {
    std::string_view name;                              ///< second field of an ARN
    std::string_view dns_suffix;                        ///< of regional endpoints
    std::string_view dual_stack_suffix;                 ///< of those that speak IPv6 too
    std::span<const std::string_view> region_prefixes;  ///< what a region name starts with, '-' included
};

[[nodiscard]] std::span<const partition> all_partitions() noexcept;
[[nodiscard]] const partition* find_partition(std::string_view name) noexcept;

/// `<prefix><letters and digits>-<digits>` of one partition of the table. Pseudo regions such as `aws-global` are none;
/// whether AWS has such a region is known_regions.hpp's to say.
[[nodiscard]] bool has_region_form(std::string_view text) noexcept;
/// nullptr when `region` is no region.
[[nodiscard]] const partition* partition_of_region(std::string_view region) noexcept;

/// Which of STS's endpoints in a region.
struct endpoint_variant {
    bool fips = false;
    bool dual_stack = false;
};

/// `sts[-fips].<region>.<suffix>` (boto/botocore botocore/data/sts/2011-06-15/endpoint-rule-set-1.json). Regional only:
/// tokens of the global endpoint are not valid in opt-in regions, regional ones are valid everywhere (IAM guide,
/// id_credentials_temp_enable-regions). A missing or malformed region is invalid_request.
[[nodiscard]] result<std::string> sts_host(std::string_view region, endpoint_variant variant = {});

/// Older than the regional endpoints: what the SDKs' setting `sts_regional_endpoints = legacy` still sends to
/// `global_sts_host`, signed for us-east-1.
[[nodiscard]] bool has_legacy_global_sts(std::string_view region) noexcept;
inline constexpr std::string_view global_sts_host = "sts.amazonaws.com";
inline constexpr std::string_view global_sts_region = "us-east-1";

}  // namespace hourkey::aws
