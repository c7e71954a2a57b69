#pragma once

#include "emulator/trust_policy.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace hourkey::emulator {

/// A role that can be assumed. Its trust is a whole policy, or, for most tests, three lists that stand for a policy of
/// one statement, which lets tags and source identities through as well.
struct role {
    std::string arn;
    std::vector<std::string>
        principals;      ///< user or role ARNs, session ARNs, account roots (ARN or twelve digits), or `*`
    /// Condition ArnEquals on aws:PrincipalArn, any of them, with its wildcards; empty: none.
    std::vector<std::string> principal_arns;
    std::vector<std::string>
        external_ids;    ///< condition StringEquals on sts:ExternalId, any of them; empty: no condition
    std::optional<trust_policy> trust;        ///< instead of the three
    std::chrono::seconds max_session_duration{3600};

    [[nodiscard]] std::string_view name() const noexcept;  ///< without its path
};

/// Fails when one of the lists has what no policy may have.
[[nodiscard]] result<trust_policy> trust_of(const role& r);

}  // namespace hourkey::emulator
