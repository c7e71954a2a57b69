#include "server/dev/role_recipe.hpp"

#include <doctest/doctest.h>

using namespace hourkey;
using namespace hourkey::server;

namespace {

std::string lines_for(const char* role, const char* principal) {
    return lines_to_make_role(aws::role_arn::parse(role).value(), R"({"trust":"it's"})", principal);
}

bool has(const std::string& text, std::string_view words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("a role is made where its ARN says, with the trust policy as one word of a shell") {
    CHECK(has(
        lines_for("arn:aws:iam::444455556666:role/team/x", "arn:aws:iam::111122223333:user/hourkey"),
        "In account 444455556666, make the role with this trust policy:\n\n"
        R"(  aws iam create-role --path '/team/' --role-name x --assume-role-policy-document '{"trust":"it'\''s"}')"));
    CHECK_FALSE(has(lines_for("arn:aws:iam::444455556666:role/x", "arn:aws:iam::111122223333:user/hourkey"), "--path"));
    CHECK(has(line_to_close_role(aws::role_arn::parse("arn:aws:iam::444455556666:role/team/x").value(), "{}"),
              "aws iam update-assume-role-policy --role-name x --policy-document '{}'"));
}

TEST_CASE("hourkey's own account is told to allow it, in the way of each kind of principal") {
    const char* role = "arn:aws:iam::444455556666:role/team/x";
    struct row {
        const char* principal;
        const char* says;
    };
    const row rows[] = {
        {"arn:aws:iam::111122223333:user/team/hourkey",
         "aws iam put-user-policy --user-name hourkey --policy-name assume-x --policy-document "
         R"('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",)"
         R"("Resource":"arn:aws:iam::444455556666:role/team/x"}]}')"},
        {"arn:aws:iam::111122223333:role/services/hourkey",
         "aws iam put-role-policy --role-name hourkey --policy-name assume-x"},
        {"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Admin_0",
         "by its permission set"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.principal);
        CHECK(has(lines_for(role, r.principal), r.says));
    }
}
