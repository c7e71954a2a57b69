#pragma once

#include "core/failure.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::aws {

/// The regions that AWS has, of all partitions. A region is part of a host name that is looked up and connected to, so
/// what merely looks like one must not be taken from a tenant; one that is newer than this table comes from the
/// configuration.
[[nodiscard]] std::span<const std::string_view> known_regions() noexcept;
[[nodiscard]] bool is_known_region(std::string_view region) noexcept;
/// `eu-west-9, us-north-1`: regions by their form, and not known above. Fails with invalid_request, which names the
/// wrong one.
[[nodiscard]] result<std::vector<std::string>> parse_region_list(std::string_view text);
/// About a field of a request.
[[nodiscard]] failure unknown_region(std::string_view field = "region");

}  // namespace hourkey::aws
