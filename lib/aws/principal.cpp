#include "aws/principal.hpp"

#include "aws/account_id.hpp"
#include "aws/partition.hpp"

#include <algorithm>
#include <array>

namespace hourkey::aws {
namespace {

failure bad_principal(std::string_view what, std::string fix = {}) {
    if (fix.empty())
        fix =
            "Write the ARN of hourkey's own user or role, like arn:aws:iam::123456789012:user/hourkey, or leave "
            "aws.principal_arn out.";
    return failure(errc::invalid_configuration, "aws.principal_arn " + std::string(what) + ".", std::move(fix));
}

/// IAM, CreateUser and CreateRole: a path is printable ASCII, a name [\w+=,.@-]; ArnEquals takes `*` in either.
bool is_path_and_name(std::string_view text) noexcept {
    constexpr std::size_t longest = 512 + 64;
    const auto name = text.substr(text.rfind('/') + 1);
    const auto fits = [](char c) {
        return c > 0x20 && c < 0x7F && std::string_view("?$\"\\").find(c) == std::string_view::npos;
    };
    const auto of_name = [](char c) { return is_iam_name_char(c) || c == '*'; };
    return text.size() <= longest && !text.starts_with('/') && text.find("//") == std::string_view::npos &&
           std::ranges::all_of(text, fits) && std::ranges::all_of(name, of_name) &&
           std::ranges::any_of(name, is_iam_name_char);
}

}  // namespace

principal principal_of(const caller_identity& who) {
    if (who.kind == identity_kind::user) return {.arn = who.arn};
    if (!who.is_role_session()) return {.arn = who.arn, .may_assume_roles = false};
    const auto roles = "arn:" + who.partition + ":iam::" + who.account_id + ":role/";
    // IAM Identity Center's roles lie under /aws-reserved/sso.amazonaws.com/ or, for most regions, one level lower.
    if (who.name.starts_with("AWSReservedSSO_")) return {.arn = roles + "aws-reserved/sso.amazonaws.com/*" + who.name};
    return {.arn = roles + who.name, .path_is_guessed = true};
}

result<principal_arn> parse_principal_arn(std::string_view text) {
    std::array<std::string_view, 5> fields;  // arn, partition, service, region, account
    auto rest = text;
    for (auto& field : fields) {
        const auto colon = rest.find(':');
        if (colon == std::string_view::npos) return bad_principal("is not an ARN");
        field = rest.substr(0, colon);
        rest.remove_prefix(colon + 1);
    }
    const auto [arn, partition, service, region, account] = fields;
    if (arn != "arn") return bad_principal("is not an ARN");
    if (find_partition(partition) == nullptr) return bad_principal("has an unknown partition");
    if (!is_account_id(account)) return bad_principal("has no 12-digit account id");
    const auto kind = rest.substr(0, rest.find('/'));
    const auto name = rest.substr(std::min(rest.size(), kind.size() + 1));
    if (service == "sts" && kind == "assumed-role")
        return bad_principal("is a session of a role, not the role", "Write the role: arn:" + std::string(partition) +
                                                                         ":iam::" + std::string(account) + ":role/" +
                                                                         std::string(name.substr(0, name.find('/'))) +
                                                                         ", with its path if it has one.");
    if (service == "iam" && rest == "root")
        return bad_principal("is an account's root user, which cannot assume roles");
    if (service != "iam" || !region.empty() || (kind != "user" && kind != "role"))
        return bad_principal("names no IAM user or role");
    if (!is_path_and_name(name)) return bad_principal("has no valid path and name");
    return principal_arn{
        .arn = std::string(text), .partition = std::string(partition), .account_id = std::string(account)};
}

}  // namespace hourkey::aws
