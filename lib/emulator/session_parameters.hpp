#pragma once

#include "emulator/arn_text.hpp"
#include "emulator/form.hpp"
#include "emulator/session_tag.hpp"
#include "emulator/sts_error.hpp"
#include "emulator/violations.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::emulator {

/// The parameters that several operations share, with the limits of botocore's service model
/// (data/sts/2011-06-15/service-2.json). Reading collects violations; what STS looks at only afterwards is a check of
/// its own.
struct session_policies {
    std::string policy;  ///< inline; empty: none
    std::vector<std::string> arns;
    [[nodiscard]] bool empty() const noexcept { return policy.empty() && arns.empty(); }
};
[[nodiscard]] session_policies read_policies(const form& parameters, violations& found);
/// ValidationError for an ARN that names no policy which a session of `owner` (a role or a user) can have,
/// InvalidParameterValue for one that is listed twice, as of tag keys, MalformedPolicyDocument for an inline policy
/// that is none.
[[nodiscard]] outcome<> check_policies(const session_policies& policies, const arn_parts& owner);

[[nodiscard]] session_tags read_tags(const form& parameters, violations& found);
/// Marks those of TransitiveTagKeys. `inherited` are the calling session's, whose transitive ones may not be set again.
[[nodiscard]] outcome<> check_tags(session_tags& tags, const form& parameters, const session_tags& inherited);
void read_transitive_keys(const form& parameters, violations& found);

/// PackedPolicySize of policies and tags, in percent; nothing without any. PackedPolicyTooLarge above 100. AWS packs in
/// a way that it does not tell; here it is the plain size's share of 2,048 characters.
[[nodiscard]] outcome<std::optional<unsigned>> packed_size(const session_policies& policies, const session_tags& tags);

[[nodiscard]] std::chrono::seconds read_duration(const form& parameters, violations& found,
                                                 std::chrono::seconds if_absent, std::chrono::seconds most);

/// SerialNumber and TokenCode.
struct mfa_claim {
    std::string serial, code;
};
enum class mfa_proof { none, given };
[[nodiscard]] mfa_claim read_mfa(const form& parameters, violations& found);

/// RoleArn and RoleSessionName.
void read_role(const form& parameters, violations& found, std::string& role_arn, std::string& session_name);
/// A text that is no ARN, or no role's.
[[nodiscard]] outcome<> check_role_arn(std::string_view role_arn);
}  // namespace hourkey::emulator
