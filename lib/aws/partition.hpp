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
    std::span<const std::string_view> region_prefixes;  ///< what a region name starts with, '-' included
};

[[nodiscard]] std::span<const partition> all_partitions() noexcept;
[[nodiscard]] const partition* find_partition(std::string_view name) noexcept;

/// `<prefix><letters and digits>-<digits>` of one partition of the table. Pseudo regions such as `aws-global` are none.
[[nodiscard]] bool is_region(std::string_view text) noexcept;
/// nullptr when `region` is no region.
[[nodiscard]] const partition* partition_of_region(std::string_view region) noexcept;

/// `sts.<region>.<suffix>`. Regional only: tokens of the global endpoint are not valid in opt-in regions, regional ones
/// are valid everywhere (IAM guide, id_credentials_temp_enable-regions). A missing or malformed region is invalid_request.
[[nodiscard]] result<std::string> sts_host(std::string_view region);

}  // namespace hourkey::aws
