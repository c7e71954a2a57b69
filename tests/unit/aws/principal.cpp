#include "aws/principal.hpp"

#include <doctest/doctest.h>

using namespace hourkey::aws;

TEST_CASE("an identity's ARN becomes what a trust policy has to name") {
    struct row {
        const char* who;
        const char* arn;
        bool guessed, may;
    };
    const row rows[] = {
        {"arn:aws:iam::111122223333:user/team/hourkey", "arn:aws:iam::111122223333:user/team/hourkey", false, true},
        {"arn:aws-cn:sts::111122223333:assumed-role/hourkey/s-1", "arn:aws-cn:iam::111122223333:role/hourkey", true, true},
        {"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/jane@example.com",
         "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Admin_0123456789abcdef", false, true},
        {"arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:root", false, false},
        {"arn:aws:sts::111122223333:federated-user/jane", "arn:aws:sts::111122223333:federated-user/jane", false, false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.who);
        const auto p = principal_of(parse_caller_identity(r.who).value());
        CHECK(p.arn == r.arn);
        CHECK(p.path_is_guessed == r.guessed);
        CHECK(p.may_assume_roles == r.may);
    }
}
