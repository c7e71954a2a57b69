#include "aws/known_regions.hpp"

#include "aws/partition.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace aws = hourkey::aws;

TEST_CASE("every known region is a region of a partition, once, and each partition has one") {
    std::set<std::string_view> seen, partitions;
    for (const auto region : aws::known_regions()) {
        CAPTURE(region);
        REQUIRE(aws::partition_of_region(region) != nullptr);
        partitions.insert(aws::partition_of_region(region)->name);
        CHECK(seen.insert(region).second);
        CHECK(aws::is_known_region(region));
    }
    for (const auto& p : aws::all_partitions()) CHECK(partitions.contains(p.name));
}

TEST_CASE("what only looks like a region is not known") {
    for (const std::string_view region : {"us-east-3", "eu-west-4", "ap-south-9", "us-moon-1", "eu-west-01",
                                          "af-invented-1", "US-EAST-1", "", "us-east"}) {
        CAPTURE(region);
        CHECK_FALSE(aws::is_known_region(region));
    }
}

TEST_CASE("a list of regions is read by commas, and what is no region by its form is named") {
    CHECK(aws::parse_region_list("")->empty());
    CHECK(*aws::parse_region_list(" eu-west-9,us-north-1 , ") == std::vector<std::string>{"eu-west-9", "us-north-1"});
    for (const std::string_view bad :
         {"eu-west-9,moon", "eu-west-9 us-north-1", "EU-WEST-9", "eu-west-9;", "eu-west-9.evil"}) {
        CAPTURE(bad);
        const auto parsed = aws::parse_region_list(bad);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().code == hourkey::errc::invalid_request);
        CHECK_FALSE(parsed.error().hint.empty());
    }
}
