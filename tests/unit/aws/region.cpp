#include "aws/region.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hourkey;

TEST_CASE("a region has a region's form and lies in one partition") {
    const struct {
        std::string text, partition;  ///< empty: it is none
    } rows[] = {{"eu-west-1", "aws"},     {"eu-nowhere-1", "aws"},   {"us-gov-west-1", "aws-us-gov"},
                {"cn-north-1", "aws-cn"}, {"Ireland", ""},           {"EU-WEST-1", ""},
                {"aws-global", ""},       {"eu-west-1.example", ""}, {"", ""}};
    for (const auto& r : rows) {
        CAPTURE(r.text);
        const auto found = aws::region::parse(r.text);
        CHECK(found.has_value() == !r.partition.empty());
        if (found) {
            CHECK(found->str() == r.text);
            CHECK(std::string(found->partition().name) == r.partition);
        } else {
            CHECK(found.error().text().starts_with("region"));
        }
    }
}
