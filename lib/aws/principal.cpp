#include "aws/principal.hpp"

namespace hourkey::aws {

principal principal_of(const caller_identity& who) {
    if (who.kind == identity_kind::user) return {.arn = who.arn};
    if (!who.is_role_session()) return {.arn = who.arn, .may_assume_roles = false};
    const auto roles = "arn:" + who.partition + ":iam::" + who.account_id + ":role/";
    // IAM Identity Center's roles lie under /aws-reserved/sso.amazonaws.com/ or, for most regions, one level lower.
    if (who.name.starts_with("AWSReservedSSO_")) return {.arn = roles + "aws-reserved/sso.amazonaws.com/*" + who.name};
    return {.arn = roles + who.name, .path_is_guessed = true};
}

}  // namespace hourkey::aws
