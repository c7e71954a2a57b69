#include "aws/partition.hpp"

#include <doctest/doctest.h>

namespace aws = hourkey::aws;

TEST_CASE("every partition's STS host is built from its regions") {
    struct row {
        std::string_view region, partition, host;
    };
    for (const auto& r : {
             row{"us-east-1", "aws", "sts.us-east-1.amazonaws.com"},
             row{"eu-central-2", "aws", "sts.eu-central-2.amazonaws.com"},
             row{"ap-southeast-5", "aws", "sts.ap-southeast-5.amazonaws.com"},
             row{"sa-east-1", "aws", "sts.sa-east-1.amazonaws.com"},
             row{"ca-west-1", "aws", "sts.ca-west-1.amazonaws.com"},
             row{"me-central-1", "aws", "sts.me-central-1.amazonaws.com"},
             row{"af-south-1", "aws", "sts.af-south-1.amazonaws.com"},
             row{"il-central-1", "aws", "sts.il-central-1.amazonaws.com"},
             row{"mx-central-1", "aws", "sts.mx-central-1.amazonaws.com"},
             row{"cn-north-1", "aws-cn", "sts.cn-north-1.amazonaws.com.cn"},
             row{"us-gov-west-1", "aws-us-gov", "sts.us-gov-west-1.amazonaws.com"},
             row{"us-iso-east-1", "aws-iso", "sts.us-iso-east-1.c2s.ic.gov"},
             row{"us-isob-east-1", "aws-iso-b", "sts.us-isob-east-1.sc2s.sgov.gov"},
             row{"eu-isoe-west-1", "aws-iso-e", "sts.eu-isoe-west-1.cloud.adc-e.uk"},
             row{"us-isof-south-1", "aws-iso-f", "sts.us-isof-south-1.csp.hci.ic.gov"},
             row{"eusc-de-east-1", "aws-eusc", "sts.eusc-de-east-1.amazonaws.eu"},
         }) {
        CAPTURE(r.region);
        REQUIRE(aws::partition_of_region(r.region) != nullptr);
        CHECK(aws::partition_of_region(r.region)->name == r.partition);
        CHECK(aws::has_region_form(r.region));
        CHECK(aws::sts_host(r.region).value() == r.host);
        CHECK(aws::find_partition(r.partition) != nullptr);
    }
}

TEST_CASE("what is no region is refused, with the field named") {
    for (const std::string_view region :
         {"", "aws-global", "us-east", "us-east-", "us--1", "us-east-1a", "US-EAST-1", "us-east-1 ",
          "us-east-1.evil.example", "xx-east-1", "us-east-1/", "us-gov-west", "us-gov-west-1-2", "eusc-fr-east-1",
          "us-east-11111111111111111111111111111", "us_east_1"}) {
        CAPTURE(region);
        CHECK_FALSE(aws::has_region_form(region));
        const auto host = aws::sts_host(region);
        REQUIRE(host.has_error());
        CHECK(host.error().code == hourkey::errc::invalid_request);
        CHECK(host.error().text().starts_with("region "));
        CHECK_FALSE(host.error().hint.empty());
    }
}
