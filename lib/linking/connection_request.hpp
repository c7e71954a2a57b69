#pragma once

#include "aws/arn.hpp"
#include "linking/ports.hpp"

#include <optional>

namespace hourkey::linking {

/// What a tenant wants a connection to be.
struct connection_request {
    connection_name name;
    aws::role_arn role;
    std::optional<aws::region> region;  ///< none: the server's
    std::optional<aws::region> default_region{};  ///< for clients
};

/// Whether it can ever work: a role that hourkey's identity can reach, and is not; regions that AWS has, of the role's
/// partition. invalid_request about the field that is wrong.
[[nodiscard]] result<> check(const connection_request& wanted, const host& in);

}  // namespace hourkey::linking
