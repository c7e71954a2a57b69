#include "linking/trust_policy.hpp"

#include <doctest/doctest.h>

#include <string>

namespace hourkey::linking {
namespace {

const auto right_id = *aws::external_id::parse("hk-right");
const std::string principal = "arn:aws:iam::111122223333:role/hourkey/server";

TEST_CASE("the trust policy names our account with a condition on our ARN and the external id") {
    CHECK(
        trust_policy(principal, right_id) ==
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole",)"
        R"("Condition":{"StringEquals":{"sts:ExternalId":"hk-right"},"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/hourkey/server"}}}]})");
    CHECK(trust_policy("arn:aws-cn:iam::111122223333:user/u", right_id)
              .find(R"("AWS":"arn:aws-cn:iam::111122223333:root")") != std::string::npos);
}

TEST_CASE("whatever a principal's name holds, the policy stays one statement") {
    const auto policy = trust_policy(R"(arn:aws:iam::111122223333:role/a"},"Action":"*)", right_id);
    CHECK(policy.find(R"(role/a\"},\"Action\":\"*")") != std::string::npos);
    CHECK(trust_policy("arn", right_id).find(R"("AWS":"arnroot")") !=
          std::string::npos);  // never past the end of what is no ARN
}

TEST_CASE("hourkey's own account allows it the one role") {
    CHECK(
        assume_role_policy(*aws::role_arn::parse("arn:aws:iam::444455556666:role/deploy")) ==
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::444455556666:role/deploy"}]})");
}

}  // namespace
}  // namespace hourkey::linking
