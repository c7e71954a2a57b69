#include "linking/trust_policy.hpp"

#include "json/writer.hpp"

namespace hourkey::linking {
namespace {

/// "arn:<partition>:iam::<account>:" of an IAM ARN, which has five colons before its resource.
std::string_view account_prefix(std::string_view arn) {
    std::size_t end = 0;
    for (int colons = 0; colons < 5 && end < arn.size(); ++end) colons += arn[end] == ':' ? 1 : 0;
    return arn.substr(0, end);
}

}  // namespace

std::string trust_policy(std::string_view principal_arn, const aws::external_id& external_id) {
    const auto root = std::string(account_prefix(principal_arn)) + "root";
    json::writer w;
    w.begin_object()
        .string("Version", "2012-10-17")
        .key("Statement")
        .begin_array()
        .begin_object()
        .string("Effect", "Allow");
    w.key("Principal").begin_object().string("AWS", root).end_object();
    w.string("Action", "sts:AssumeRole").key("Condition").begin_object();
    w.key("StringEquals").begin_object().string("sts:ExternalId", external_id.str()).end_object();
    w.key("ArnEquals").begin_object().string("aws:PrincipalArn", principal_arn).end_object();
    w.end_object().end_object().end_array().end_object();
    return w.take();
}

std::string assume_role_policy(const aws::role_arn& role) {
    json::writer w;
    w.begin_object().string("Version", "2012-10-17").key("Statement").begin_array().begin_object();
    w.string("Effect", "Allow").string("Action", "sts:AssumeRole").string("Resource", role.str());
    w.end_object().end_array().end_object();
    return w.take();
}

}  // namespace hourkey::linking
