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

TEST_CASE("an ARN is of an account when it has a partition, twelve digits and no region") {
    CHECK(is_of_account(split_arn("arn:aws:iam::444455556666:role/a")));
    CHECK(is_of_account(split_arn("arn:aws-us-gov:sts::444455556666:assumed-role/a/b")));
    for (const auto* arn : {"", "arn:moon:iam::444455556666:role/a", "arn::iam::444455556666:role/a",
                            "arn:aws:iam:us-east-1:444455556666:role/a", "arn:aws:iam::44445555666:role/a",
                            "arn:aws:iam::4444555566667:role/a", "arn:aws:iam::aws:policy/a"}) {
        CAPTURE(arn);
        CHECK_FALSE(is_of_account(split_arn(arn)));
    }
}
