#pragma once

#include "aws/arn.hpp"
#include "aws/credentials.hpp"
#include "aws/sts_request.hpp"
#include "core/clock.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"

#include <memory>
#include <optional>
#include <string>

namespace hourkey::sts {

/// What hourkey itself signs with. Never vended.
struct base_identity {
    aws::credentials keys;
    std::string source;                       ///< for people: "environment", "profile deploy"
    std::optional<aws::caller_identity> who;  ///< none until STS has told, of this key or of the source's last one
    wall_time fetched{};
    std::optional<aws::role_arn> assumed = {};  ///< the role of a profile, with the path that `who` lacks
    bool who_is_presumed = false;  ///< of the source's last key; of this one STS has not told yet

    [[nodiscard]] bool is_told() const noexcept { return who && !who_is_presumed; }
    /// Until STS has told, a session token is taken for a role's: one hour always works, more may not.
    [[nodiscard]] aws::base_identity kind() const noexcept {
        const bool role = is_told() ? who->is_role_session() : keys.is_temporary();
        return role ? aws::base_identity::role_session : aws::base_identity::user;
    }
};
using base_identity_ptr = std::shared_ptr<const base_identity>;

/// Where the client has the base identity from; it knows no other way to keys of hourkey's own.
class identity_source {
public:
    virtual ~identity_source() = default;

    /// From any thread. Fails with base_credentials_unavailable.
    [[nodiscard]] virtual result<base_identity_ptr> current() const = 0;
    /// After STS has refused the key `seen_access_key_id`: what is current once it has been replaced, or once that has
    /// been tried. From any reactor. Fails as current() does, also at the deadline.
    [[nodiscard]] virtual task<result<base_identity_ptr>> refresh(std::string seen_access_key_id, deadline until) = 0;
};

}  // namespace hourkey::sts
