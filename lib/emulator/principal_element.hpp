#pragma once

#include "core/failure.hpp"
#include "emulator/arn_text.hpp"

#include <string_view>

namespace hourkey::emulator {

/// A value of a trust policy's Principal, under its type: AWS, Federated, Service, or `*` alone. IAM also refuses users
/// and roles that do not exist and services that AWS has not; here only their form can be looked at.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
[[nodiscard]] result<> check_principal(std::string_view type, std::string_view value);

/// An account's root, a user or a role, or a session of one: who can call STS.
[[nodiscard]] bool names_identity(const arn_parts& arn) noexcept;

}  // namespace hourkey::emulator
