#include "emulator/principal_element.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hourkey::emulator;

TEST_CASE("a principal is taken by its type and form") {
    const std::string account = "arn:aws:iam::111122223333:", sts = "arn:aws:sts::111122223333:";
    struct row {
        std::string type, value;
        bool is_taken;
    };
    const row rows[] = {
        {"AWS", "*", true},
        {"AWS", "111122223333", true},
        {"AWS", account + "root", true},
        {"AWS", account + "user/team/hourkey", true},
        {"AWS", account + "role/hourkey", true},
        {"AWS", "arn:aws-cn:iam::111122223333:user/a", true},
        {"AWS", sts + "assumed-role/hourkey/session", true},
        {"AWS", sts + "federated-user/jane", true},
        {"AWS", "", false},
        {"AWS", "bob", false},
        {"AWS", "11112222333", false},
        {"AWS", account + "root/", false},
        {"AWS", account + "user/", false},
        {"AWS", account + "user/*", false},
        {"AWS", account + "user/a b", false},
        {"AWS", account + "role/team/", false},
        {"AWS", account + "group/a", false},
        {"AWS", account + "assumed-role/a/b", false},
        {"AWS", "arn:moon:iam::111122223333:user/a", false},
        {"AWS", "arn:aws:iam:us-east-1:111122223333:user/a", false},
        {"AWS", "arn:aws:iam::1:user/a", false},
        {"AWS", "arn:aws:s3:::bucket", false},
        {"AWS", sts + "assumed-role/hourkey", false},
        {"AWS", sts + "assumed-role/hourkey/", false},
        {"AWS", sts + "assumed-role/a/b/c", false},
        {"AWS", sts + "federated-user/a b", false},
        {"AWS", sts + "user/a", false},
        {"Federated", account + "oidc-provider/ci.example.com/main", true},
        {"Federated", account + "saml-provider/directory", true},
        {"Federated", "accounts.google.com", true},
        {"Federated", "foo", false},
        {"Federated", "*", false},
        {"Federated", account + "oidc-provider/", false},
        {"Federated", account + "oidc-provider/*", false},
        {"Federated", account + "role/a", false},
        {"Federated", "arn:aws:iam::1:oidc-provider/ci.example.com", false},
        {"Service", "ec2.amazonaws.com", true},
        {"Service", "delivery.logs.amazonaws.com", true},
        {"Service", "ec2.amazonaws.com.cn", true},
        {"Service", "ec2", false},
        {"Service", "", false},
        {"Service", "*", false},
        {"Service", "amazonaws.com", false},
        {"Service", ".amazonaws.com", false},
        {"Service", "ec2amazonaws.com", false},
        {"Service", "EC2.amazonaws.com", false},
        {"Service", "ec2.example.com", false},
        {"*", "*", true},
        {"*", "111122223333", false},
        {"CanonicalUser", "79a5", false},
        {"aws", "111122223333", false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.type);
        CAPTURE(r.value);
        CHECK(check_principal(r.type, r.value).has_value() == r.is_taken);
    }
    CHECK(check_principal("Service", "ec2").error().text() == "Invalid principal in policy: \"SERVICE\":\"ec2\"");
}
