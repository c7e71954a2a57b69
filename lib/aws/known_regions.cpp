#include "aws/known_regions.hpp"

#include "aws/partition.hpp"

#include <algorithm>
#include <array>

namespace hourkey::aws {
namespace {

// boto/botocore botocore/data/partitions.json, in alphabetical order.
constexpr std::array<std::string_view, 46> regions{
    "af-south-1",     "ap-east-1",       "ap-east-2",      "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
    "ap-south-1",     "ap-south-2",      "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
    "ap-southeast-5", "ap-southeast-6",  "ap-southeast-7", "ca-central-1",   "ca-west-1",      "cn-north-1",
    "cn-northwest-1", "eu-central-1",    "eu-central-2",   "eu-isoe-west-1", "eu-north-1",     "eu-south-1",
    "eu-south-2",     "eu-west-1",       "eu-west-2",      "eu-west-3",      "eusc-de-east-1", "il-central-1",
    "me-central-1",   "me-south-1",      "mx-central-1",   "sa-east-1",      "us-east-1",      "us-east-2",
    "us-gov-east-1",  "us-gov-west-1",   "us-iso-east-1",  "us-iso-west-1",  "us-isob-east-1", "us-isob-west-1",
    "us-isof-east-1", "us-isof-south-1", "us-west-1",      "us-west-2",
};
static_assert(std::ranges::is_sorted(regions));

}  // namespace

std::span<const std::string_view> known_regions() noexcept { return regions; }
bool is_known_region(std::string_view region) noexcept { return std::ranges::binary_search(regions, region); }

result<std::vector<std::string>> parse_region_list(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        auto name = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        while (name.starts_with(' ')) name.remove_prefix(1);
        while (name.ends_with(' ')) name.remove_suffix(1);
        if (name.empty()) continue;
        if (!has_region_form(name))
            return invalid_field("'" + std::string(name) + "'", "is no AWS region",
                                 "Write regions in lower case, with commas between them.");
        out.emplace_back(name);
    }
    return out;
}

failure unknown_region(std::string_view field) {
    return invalid_field(
        field, "is no AWS region that this server knows",
        "Check its spelling, or leave it out. If AWS has opened it lately, the operator adds it to aws.extra_regions.");
}

}  // namespace hourkey::aws
