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
        {"arn:aws-cn:sts::111122223333:assumed-role/hourkey/s-1", "arn:aws-cn:iam::111122223333:role/hourkey", true,
         true},
        {"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/jane@example.com",
         "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Admin_0123456789abcdef", false,
         true},
        {"arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:root", false, false},
        {"arn:aws:sts::111122223333:federated-user/jane", "arn:aws:sts::111122223333:federated-user/jane", false,
         false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.who);
        const auto p = principal_of(parse_caller_identity(r.who).value());
        CHECK(p.arn == r.arn);
        CHECK(p.path_is_guessed == r.guessed);
        CHECK(p.may_assume_roles == r.may);
    }
}

TEST_CASE("a configured principal is the ARN of an IAM user or role, and anything else is named with the way out") {
    struct row {
        const char* text;
        const char* wrong;  ///< null: right
    };
    const row rows[] = {
        {"arn:aws:iam::111122223333:user/hourkey", nullptr},
        {"arn:aws:iam::111122223333:role/team/a/hourkey", nullptr},
        {"arn:aws-cn:iam::111122223333:role/hourkey", nullptr},
        {"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Admin_0123456789abcdef",
         nullptr},
        {"", "is not an ARN"},
        {"hourkey", "is not an ARN"},
        {"111122223333", "is not an ARN"},
        {"urn:aws:iam::111122223333:user/hourkey", "is not an ARN"},
        {"arn:aws-moon:iam::111122223333:user/hourkey", "unknown partition"},
        {"arn:aws:iam::11112222333:user/hourkey", "12-digit"},
        {"arn:aws:iam::1111-2222-3333:user/hourkey", "12-digit"},
        {"arn:aws:iam::*:user/hourkey", "12-digit"},
        {"arn:aws:sts::111122223333:assumed-role/hourkey/session", "session of a role"},
        {"arn:aws:iam::111122223333:root", "root user"},
        {"arn:aws:iam::111122223333:group/hourkey", "names no IAM user or role"},
        {"arn:aws:iam:eu-west-1:111122223333:user/hourkey", "names no IAM user or role"},
        {"arn:aws:s3::111122223333:user/hourkey", "names no IAM user or role"},
        {"arn:aws:iam::111122223333:user/", "path and name"},
        {"arn:aws:iam::111122223333:user", "path and name"},
        {"arn:aws:iam::111122223333:role/*", "path and name"},
        {"arn:aws:iam::111122223333:role//hourkey", "path and name"},
        {"arn:aws:iam::111122223333:role/hour key", "path and name"},
        {"arn:aws:iam::111122223333:role/a\"},\"Action\":\"*", "path and name"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.text);
        const auto parsed = parse_principal_arn(r.text);
        CHECK(parsed.has_value() == (r.wrong == nullptr));
        if (parsed) {
            CHECK(parsed->arn == r.text);
            CHECK(parsed->account_id == "111122223333");
        } else {
            CHECK((parsed.error().code == hourkey::errc::invalid_configuration));
            CHECK(parsed.error().message.find("aws.principal_arn") == 0);
            if (r.wrong != nullptr) CHECK(parsed.error().message.find(r.wrong) != std::string::npos);
            CHECK_FALSE(parsed.error().hint.empty());
        }
    }
    CHECK(parse_principal_arn("arn:aws:sts::111122223333:assumed-role/hourkey/session")
              .error()
              .hint.find("arn:aws:iam::111122223333:role/hourkey,") != std::string::npos);
}
