#include "aws/account_id.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hourkey;

TEST_CASE("an account id is 12 digits") {
    const struct {
        std::string text;
        bool good;
    } rows[] = {{"123456789012", true},
                {"000000000000", true},
                {"12345678901", false},
                {"1234567890123", false},
                {"1234-5678-90", false},
                {"12345678901x", false},
                {"", false}};
    for (const auto& r : rows) {
        CAPTURE(r.text);
        const auto id = aws::account_id::parse(r.text);
        CHECK(id.has_value() == r.good);
        if (id) CHECK(std::string(id->str()) == r.text);
        if (!id) CHECK(id.error().text().starts_with("account_id"));
    }
}

TEST_CASE("a role's ARN has its account's id") {
    const auto role = aws::role_arn::parse("arn:aws-us-gov:iam::123456789012:role/x").value();
    CHECK(aws::account_id::of(role) == aws::account_id::parse("123456789012").value());
}
