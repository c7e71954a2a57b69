#include "emulator/policy_resource.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hourkey::emulator;

TEST_CASE("a policy's resource is * or an ARN as far as IAM looks at it") {
    const std::string paths =
        R"(IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, )"
        "instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, "
        "access-report/.";
    const std::string vendor = "Resource vendor must be fully qualified and cannot contain regexes.";
    const std::string legacy = "The policy failed legacy parsing";
    const auto no_arn = [](const std::string& text) {
        return "Resource " + text + R"( must be in ARN format or "*".)";
    };
    const auto no_partition = [](const std::string& name, const std::string& arn) {
        return "Partition \"" + name + "\" is not valid for resource \"" + arn + "\".";
    };
    struct row {
        std::string resource, message;
    };
    const row rows[] = {
        {"*", "ok"},
        {"arn:aws:s3:::bucket/*", "ok"},
        {"arn:aws:s3:us-west-2:111122223333:accesspoint/a", "ok"},
        {"arn:aws-cn:ec2:cn-north-1:111122223333:instance/*", "ok"},
        {"arn:*:s3:::bucket", "ok"},
        {"arn:aws:ec2:*:*:volume/*", "ok"},
        {"arn:aws:ec2:region:account-id:instance/*", "ok"},
        {"arn:aws:no-service:us-east-1::thing", "ok"},
        {"arn:aws:service", "ok"},
        {"arn:aws:iam::*:user/${aws:username}", "ok"},
        {"arn:aws:iam::111122223333:root", "ok"},
        {"arn:aws:iam::111122223333:*", "ok"},
        {"arn:aws:sqs:us-east-1:111122223333:a:b", "ok"},
        {"", no_arn("")},
        {"foo", no_arn("foo")},
        {"**", no_arn("**")},
        {"arn", no_arn("arn")},
        {"urn:aws:s3:::bucket", no_arn("urn:aws:s3:::bucket")},
        {"bucket:b", no_partition("b", "arn:b:*:*:*:*")},
        {"a:b:c", no_partition("b", "arn:b:c:*:*:*")},
        {"a:b:c:d:e:f:g", no_partition("b", "arn:b:c:d:e:f:g")},
        {"aws:s3:::bucket", no_partition("s3", "arn:s3:::bucket:*")},
        {"arn:foo:s3:::bucket", no_partition("foo", "arn:foo:s3:::bucket")},
        {"arn:aws*:s3:::bucket", no_partition("aws*", "arn:aws*:s3:::bucket")},
        {"arn::s3:::bucket", no_partition("", "arn::s3:::bucket")},
        {"arn:aws", vendor},
        {"arn:*", vendor},
        {"arn:aws:*:*:*:*", vendor},
        {"arn:aws:s?:::bucket", vendor},
        {"arn:aws:iam:us-east-1::user/a",
         "IAM resource arn:aws:iam:us-east-1::user/a cannot contain region information."},
        {"arn:aws:s3:us-east-1::bucket", "Resource arn:aws:s3:us-east-1::bucket can not contain region information."},
        {"arn:aws:iam::111122223333:thing/a", paths},
        {"arn:aws:iam::111122223333:*/a", paths},
        {"arn:aws::::bucket", legacy},
        {"arn:aws:s3::bucket", legacy},
        {"arn:aws::bucket", legacy},
    };
    for (const auto& r : rows) {
        CAPTURE(r.resource);
        const auto checked = check_resource(r.resource);
        CHECK((checked ? "ok" : std::string(checked.error().text())) == r.message);
    }
}
