#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::emulator {

/// The parts of `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`; empty views when the text is none.
struct arn_parts {
    std::string_view partition, service, account, resource;
};
[[nodiscard]] arn_parts split_arn(std::string_view arn) noexcept;

/// Who signed a request.
struct principal {
    std::string access_key;
    std::string arn;            ///< what GetCallerIdentity shows: a user, or `assumed-role/NAME/SESSION`
    std::string principal_arn;  ///< what aws:PrincipalArn holds: the user, or the role behind the session with its path
    std::string user_id;
    bool is_session = false;
};

/// A role that can be assumed, with a trust policy of one statement.
struct role {
    std::string arn;
    std::vector<std::string> principals;      ///< user or role ARNs, session ARNs, account roots (ARN or twelve digits), or `*`
    std::vector<std::string> principal_arns;  ///< condition ArnEquals on aws:PrincipalArn, any of them, with its wildcards; empty: none
    std::vector<std::string> external_ids;    ///< condition StringEquals on sts:ExternalId, any of them; empty: no condition
    std::chrono::seconds max_session_duration{3600};

    [[nodiscard]] std::string_view name() const noexcept;  ///< without its path
};

/// The trust policy's decision. A role cannot be assumed across partitions, nor by an account's root user.
[[nodiscard]] bool trusts(const role& asked, const principal& caller, const std::optional<std::string>& external_id);

}  // namespace hourkey::emulator
