#pragma once

#include "core/failure.hpp"
#include "emulator/role.hpp"

#include <string>
#include <string_view>

namespace hourkey::emulator {

struct declared_user {
    std::string access_key, secret_key, arn;
};

/// `ACCESS_KEY:SECRET:ARN`, as a command line gives it.
[[nodiscard]] result<declared_user> parse_declared_user(std::string_view text);

/// Of a user, or of another identity that shall have keys which do not expire.
[[nodiscard]] result<> check_user_arn(std::string_view arn);

/// `ROLE_ARN[,principal=ARN][,principal-arn=ARN][,external-id=ID][,trust-policy=JSON][,max-session-duration=SECONDS]`;
/// the first three may be repeated, and the fourth stands in their place. Commas in names and ids are their own: only
/// one before such a word separates. Without principal and trust policy, whoever the emulator knows is trusted.
[[nodiscard]] result<role> parse_declared_role(std::string_view text);

/// Sets the role's whole trust. Not beside the lists that stand for one; principals is still empty then.
[[nodiscard]] result<> declare_trust(role& r, std::string_view json);

/// `arn:PARTITION:iam::ACCOUNT:role/...`, a trust that can be evaluated, and a duration of 3600..43200 seconds.
[[nodiscard]] result<> check_role(const role& r);

/// The PutRole of the control door that declares this role again.
[[nodiscard]] std::string form_of(const role& r);

}  // namespace hourkey::emulator
