#include "aws/arn.hpp"

#include "aws/account_id.hpp"
#include "aws/partition.hpp"
#include "core/character_set.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace hourkey::aws {
namespace {

constexpr std::size_t shortest_arn = 20, longest_arn = 2048;  // STS, AssumeRole, RoleArn
constexpr std::size_t longest_role_name = 64, longest_path = 512;  // IAM, CreateRole
constexpr std::string_view example = "arn:aws:iam::123456789012:role/deploy";

constexpr auto iam_name_chars = character_set::alphanumeric_and("_+=,.@-");

bool is_path_character(char c) noexcept {
    return c > 0x20 && c < 0x7F && std::string_view("*?$\"\\").find(c) == std::string_view::npos;
}

/// "/" or "/.../": what lies between the slashes may hold slashes but is not empty.
bool is_path(std::string_view text) noexcept {
    return text == "/" ||
           (text.size() >= 3 && text.size() <= longest_path && std::ranges::all_of(text, is_path_character));
}

struct arn_fields {
    std::string_view partition, service, region, account, resource;
};

std::optional<arn_fields> split(std::string_view text) {
    if (!text.starts_with("arn:")) return std::nullopt;
    text.remove_prefix(4);
    std::array<std::string_view, 4> fields;
    for (auto& field : fields) {
        const auto colon = text.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        field = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    return arn_fields{fields[0], fields[1], fields[2], fields[3], text};
}

failure bad_role_arn(std::string_view what, std::string fix = {}) {
    if (fix.empty())
        fix = std::string("Paste the role's ARN from the IAM console; it looks like ").append(example).append(".");
    return invalid_field("role_arn", what, fix);
}

/// The common wrong pastes, each with its way out.
failure not_a_role(const arn_fields& arn) {
    const auto kind = arn.resource.substr(0, arn.resource.find('/'));
    if (arn.service == "sts" && kind == "assumed-role") {
        const auto rest = arn.resource.substr(std::min(arn.resource.size(), kind.size() + 1));
        const auto name = rest.substr(0, rest.find('/'));
        if (is_account_id(arn.account) && is_iam_name(name, 1, longest_role_name)) {
            std::string role("arn:");
            role.append(arn.partition).append(":iam::").append(arn.account).append(":role/").append(name);
            return bad_role_arn("is a session of a role, not the role",
                                "Use " + role + ", with the role's path before its name if it has one.");
        }
        return bad_role_arn("is a session of a role, not the role");
    }
    static constexpr std::array<std::string_view, 7> kinds{"user", "group",         "policy",       "instance-profile",
                                                           "root", "saml-provider", "oidc-provider"};
    const auto known = std::ranges::find(kinds, kind);
    if (arn.service == "iam" && known != kinds.end())
        return bad_role_arn("names a " + std::string(*known) + ", not a role");
    return bad_role_arn("does not name an IAM role");
}

}  // namespace

bool is_iam_name_char(char c) noexcept { return iam_name_chars.has(c); }

bool is_iam_name(std::string_view text, std::size_t shortest, std::size_t longest) noexcept {
    return text.size() >= shortest && text.size() <= longest && std::ranges::all_of(text, is_iam_name_char);
}

result<role_arn> role_arn::parse(std::string_view text) {
    if (text.empty()) return bad_role_arn("is missing");
    if (is_account_id(text)) return bad_role_arn("is only an account id");
    if (text.size() > longest_arn) return bad_role_arn("is longer than 2048 characters");
    const auto arn = split(text);
    if (!arn) return bad_role_arn("is not an ARN");
    if (find_partition(arn->partition) == nullptr)
        return bad_role_arn("has an unknown partition",
                            "The second field is aws, aws-cn, aws-us-gov or another of AWS's partitions.");
    if (arn->service != "iam" || !arn->resource.starts_with("role/")) return not_a_role(*arn);
    if (!arn->region.empty())
        return bad_role_arn("has a region", "IAM is global: leave the field between iam and the account empty, as in " +
                                                std::string(example) + ".");
    if (!is_account_id(arn->account))
        return bad_role_arn("has no 12-digit account id", "Write the account id as 12 digits, without dashes.");
    const auto slash = arn->resource.rfind('/');
    const auto path = arn->resource.substr(4, slash + 1 - 4), name = arn->resource.substr(slash + 1);
    if (!is_iam_name(name, 1, longest_role_name))
        return bad_role_arn("has no valid role name", "A role's name is 1 to 64 of A-Z a-z 0-9 _ + = , . @ -.");
    if (!is_path(path))
        return bad_role_arn("has no valid path",
                            "A path is / or /.../, at most 512 printable characters, without * ? $ \" and \\.");
    if (path.starts_with("/aws-service-role/"))
        return bad_role_arn("is a service-linked role, which only its AWS service can assume",
                            "Create a role for hourkey.");
    if (path.starts_with("/aws-reserved/"))
        return bad_role_arn("is reserved: AWS IAM Identity Center owns its trust policy",
                            "Create a role for hourkey, whose trust policy you can edit.");
    if (text.size() < shortest_arn) return bad_role_arn("is shorter than 20 characters");
    return role_arn(text, arn->partition.size(), text.size() - name.size());
}

result<caller_identity> parse_caller_identity(std::string_view text) {
    const auto bad = [] {
        return failure(errc::sts_invalid_answer, {}, {}, "an identity ARN in STS's answer is malformed");
    };
    if (text.size() > longest_arn) return bad();
    const auto arn = split(text);
    if (!arn || find_partition(arn->partition) == nullptr || !arn->region.empty() || !is_account_id(arn->account))
        return bad();
    caller_identity who;
    who.arn = text;
    who.partition = arn->partition;
    who.account_id = arn->account;
    auto rest = arn->resource;
    if (arn->service == "iam" && rest == "root") {
        who.kind = identity_kind::root;
        return who;
    }
    const auto kind = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), kind.size() + 1));
    if (arn->service == "iam" && kind == "user") {
        who.kind = identity_kind::user;
        who.name = rest.substr(rest.rfind('/') + 1);
        return is_iam_name(who.name, 1, 64) && std::ranges::all_of(rest, [](char c) { return c > 0x20 && c < 0x7F; })
                   ? result<caller_identity>(std::move(who))
                   : bad();
    }
    if (arn->service == "sts" && kind == "federated-user") {
        who.kind = identity_kind::federated_user;
        who.name = rest;
        return is_iam_name(who.name, 2, 32) ? result<caller_identity>(std::move(who)) : bad();
    }
    if (arn->service == "sts" && kind == "assumed-role") {
        const auto slash = rest.find('/');
        if (slash == std::string_view::npos) return bad();
        who.kind = identity_kind::role_session;
        who.name = rest.substr(0, slash);
        who.session = rest.substr(slash + 1);
        return is_iam_name(who.name, 1, 64) && is_iam_name(who.session, 2, 64) ? result<caller_identity>(std::move(who))
                                                                               : bad();
    }
    return bad();
}

}  // namespace hourkey::aws
