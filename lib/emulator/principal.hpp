#pragma once

#include "core/clock.hpp"
#include "emulator/arn_text.hpp"
#include "emulator/session_tag.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hourkey::emulator {

enum class principal_kind {
    user,            ///< with its own keys, which do not expire
    user_session,    ///< of GetSessionToken
    role_session,    ///< of AssumeRole and AssumeRoleWithWebIdentity
    federated_user,  ///< of GetFederationToken
};

/// Who signed a request.
struct principal {
    std::string access_key;
    std::string arn;            ///< what GetCallerIdentity shows: a user, or `assumed-role/NAME/SESSION`
    std::string principal_arn;  ///< what aws:PrincipalArn holds: the user, or the role behind the session with its path
    std::string user_id;
    principal_kind kind = principal_kind::user;
    // Of sessions:
    std::string source_identity;
    session_tags tags;
    std::optional<wall_time> issued;
    std::optional<wall_time> mfa_at;  ///< when the code was given

    [[nodiscard]] bool is_root() const noexcept { return split_arn(arn).resource == "root"; }
};

}  // namespace hourkey::emulator
