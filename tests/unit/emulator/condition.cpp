#include "emulator/condition.hpp"

#include <doctest/doctest.h>

using namespace hourkey::emulator;

namespace {

using texts = std::vector<std::string>;

condition_context sample() {
    condition_context c;
    c.set("sts:ExternalId", "hk-1");
    c.set("aws:PrincipalArn", "arn:aws:iam::111122223333:role/hourkey/server");
    c.set("aws:SourceIp", "203.0.113.7");
    c.set("aws:CurrentTime", "2026-01-02T03:04:05Z");
    c.set("aws:EpochTime", "1767323045");
    c.set("aws:MultiFactorAuthPresent", "true");
    c.set("aws:MultiFactorAuthAge", "300");
    c.set("aws:RequestTag/Team", "a");
    c.set_all("aws:TagKeys", {"team", "stage"});
    return c;
}

}  // namespace

TEST_CASE("each operator compares as AWS says") {
    struct row {
        const char* operator_name;
        const char* key;
        texts values;
        bool holds;
    };
    const row rows[] = {
        {"StringEquals", "sts:ExternalId", {"hk-1"}, true},
        {"StringEquals", "STS:externalid", {"hk-1"}, true},
        {"StringEquals", "sts:ExternalId", {"HK-1"}, false},
        {"StringEquals", "sts:ExternalId", {"x", "hk-1"}, true},
        {"StringEquals", "sts:ExternalId", {"hk-*"}, false},
        {"StringEquals", "sts:SourceIdentity", {"alice"}, false},
        {"StringNotEquals", "sts:ExternalId", {"hk-1"}, false},
        {"StringNotEquals", "sts:ExternalId", {"x", "hk-1"}, false},
        {"StringNotEquals", "sts:ExternalId", {"x", "y"}, true},
        {"StringNotEquals", "sts:SourceIdentity", {"alice"}, true},
        {"StringEqualsIgnoreCase", "sts:ExternalId", {"HK-1"}, true},
        {"StringNotEqualsIgnoreCase", "sts:ExternalId", {"HK-1"}, false},
        {"StringLike", "sts:ExternalId", {"hk-*"}, true},
        {"StringLike", "sts:ExternalId", {"hk-?"}, true},
        {"StringLike", "sts:ExternalId", {"hk-??"}, false},
        {"StringLike", "sts:ExternalId", {"*"}, true},
        {"StringLike", "sts:SourceIdentity", {"*"}, false},
        {"StringNotLike", "sts:ExternalId", {"hk-*"}, false},
        {"StringNotLike", "sts:ExternalId", {"a*", "b*"}, true},
        {"StringEqualsIfExists", "sts:ExternalId", {"x"}, false},
        {"StringEqualsIfExists", "sts:SourceIdentity", {"alice"}, true},
        {"StringLikeIfExists", "sts:SourceIdentity", {"a*"}, true},
        {"BoolIfExists", "aws:SecureTransport", {"true"}, true},
        {"ArnLikeIfExists", "aws:PrincipalArn", {"arn:aws:iam::*:role/x"}, false},
        {"NumericEquals", "aws:MultiFactorAuthAge", {"300.0"}, true},
        {"NumericNotEquals", "aws:MultiFactorAuthAge", {"300"}, false},
        {"NumericLessThan", "aws:MultiFactorAuthAge", {"300"}, false},
        {"NumericLessThan", "aws:MultiFactorAuthAge", {"301"}, true},
        {"NumericLessThanEquals", "aws:MultiFactorAuthAge", {"300"}, true},
        {"NumericGreaterThan", "aws:MultiFactorAuthAge", {"300"}, false},
        {"NumericGreaterThanEquals", "aws:MultiFactorAuthAge", {"300"}, true},
        {"DateLessThan", "aws:CurrentTime", {"2026-01-02T03:04:06Z"}, true},
        {"DateLessThan", "aws:CurrentTime", {"2026-01-02T03:04:05Z"}, false},
        {"DateGreaterThan", "aws:CurrentTime", {"2026-01-02"}, true},
        {"DateGreaterThanEquals", "aws:CurrentTime", {"1767323045"}, true},
        {"DateLessThanEquals", "aws:EpochTime", {"2026-01-02T04:04:05+01:00"}, true},
        {"DateEquals", "aws:EpochTime", {"2026-01-02T03:04:05Z"}, true},
        {"DateNotEquals", "aws:EpochTime", {"2026-01-02T03:04:05Z"}, false},
        {"Bool", "aws:MultiFactorAuthPresent", {"True"}, true},
        {"Bool", "aws:MultiFactorAuthPresent", {"false"}, false},
        {"Bool", "aws:SecureTransport", {"false"}, false},
        {"IpAddress", "aws:SourceIp", {"203.0.113.0/24"}, true},
        {"IpAddress", "aws:SourceIp", {"203.0.113.7"}, true},
        {"IpAddress", "aws:SourceIp", {"203.0.113.8/31"}, false},
        {"IpAddress", "aws:SourceIp", {"0.0.0.0/0"}, true},
        {"IpAddress", "aws:SourceIp", {"::/0"}, false},
        {"NotIpAddress", "aws:SourceIp", {"203.0.113.0/24"}, false},
        {"NotIpAddress", "aws:SourceIp", {"2001:db8::/32"}, true},
        {"ArnEquals", "aws:PrincipalArn", {"arn:aws:iam::111122223333:role/*"}, true},
        {"ArnLike", "aws:PrincipalArn", {"arn:aws:iam::*:role/hourkey/s?rver"}, true},
        {"ArnLike", "aws:PrincipalArn", {"arn:aws:*::111122223333:*"}, true},
        {"ArnLike", "aws:PrincipalArn", {"arn:aws:iam::1111*:role/serv*"}, false},
        {"ArnNotLike", "aws:PrincipalArn", {"arn:aws:iam::111122223333:role/*"}, false},
        {"ArnNotEquals", "aws:PrincipalArn", {"arn:aws:iam::111122223333:user/*"}, true},
        {"Null", "sts:SourceIdentity", {"true"}, true},
        {"Null", "sts:SourceIdentity", {"false"}, false},
        {"Null", "sts:ExternalId", {"false"}, true},
        {"Null", "aws:TagKeys", {"true"}, false},
        {"StringEquals", "aws:RequestTag/team", {"a"}, true},
        {"StringEquals", "aws:RequestTag/other", {"a"}, false},
        {"ForAnyValue:StringEquals", "aws:TagKeys", {"stage", "x"}, true},
        {"ForAnyValue:StringEquals", "aws:TagKeys", {"x"}, false},
        {"ForAnyValue:StringLike", "aws:TagKeys", {"st*"}, true},
        {"ForAnyValue:StringEquals", "sts:TransitiveTagKeys", {"team"}, false},
        {"ForAnyValue:StringEqualsIfExists", "sts:TransitiveTagKeys", {"team"}, true},
        {"ForAnyValue:StringNotEquals", "aws:TagKeys", {"team"}, true},
        {"ForAnyValue:StringNotEquals", "aws:TagKeys", {"team", "stage"}, false},
        {"ForAllValues:StringEquals", "aws:TagKeys", {"stage", "team", "x"}, true},
        {"ForAllValues:StringEquals", "aws:TagKeys", {"stage"}, false},
        {"ForAllValues:StringEquals", "sts:TransitiveTagKeys", {"team"}, true},
        {"ForAllValues:StringNotEquals", "aws:TagKeys", {"x"}, true},
        {"ForAllValues:StringNotEquals", "aws:TagKeys", {"team"}, false},
        {"ForAllValues:StringEquals", "sts:ExternalId", {"hk-1"}, true},
    };
    const auto context = sample();
    for (const auto& r : rows) {
        CAPTURE(r.operator_name);
        CAPTURE(r.key);
        CAPTURE(r.values.front());
        const auto made = make_condition(r.operator_name, r.key, r.values);
        REQUIRE(made.has_value());
        CHECK(holds(*made, context) == r.holds);
    }
}
