#pragma once

#include "aws/arn.hpp"
#include "aws/region.hpp"
#include "vending/ports.hpp"

#include <optional>
#include <string>

namespace hourkey::vending {

/// One issued credential triple, recorded durably before anyone sees this value.
struct vended {
    role_session session;
    aws::role_arn role_arn;
    std::string session_name;  ///< as CloudTrail shows it
    std::optional<aws::region> default_region{};  ///< for clients; none: the connection has none
    bool capped_by_chaining = false;  ///< shorter than it was to be, because the base identity is a role session
};

[[nodiscard]] inline vended clone(const vended& of) {
    return {.session = {.access_key_id = of.session.access_key_id,
                        .secret_access_key = of.session.secret_access_key.clone(),
                        .session_token = of.session.session_token.clone(),
                        .expiration = of.session.expiration,
                        .life = of.session.life,
                        .sts_request_id = of.session.sts_request_id,
                        .duration = of.session.duration},
            .role_arn = of.role_arn,
            .session_name = of.session_name,
            .default_region = of.default_region,
            .capped_by_chaining = of.capped_by_chaining};
}

}  // namespace hourkey::vending
