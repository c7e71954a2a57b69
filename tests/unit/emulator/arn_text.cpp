#include "emulator/arn_text.hpp"

#include <doctest/doctest.h>

using namespace hourkey::emulator;

TEST_CASE("an ARN comes apart, and another text yields nothing") {
    const auto parts = split_arn("arn:aws:iam::444455556666:role/a/b:c");
    CHECK(parts.partition == "aws");
    CHECK(parts.service == "iam");
    CHECK(parts.account == "444455556666");
    CHECK(parts.resource == "role/a/b:c");
    CHECK(split_arn("urn:aws:iam::4:role/a").resource.empty());
    CHECK(split_arn("").partition.empty());
}
