#pragma once

#include "core/failure.hpp"
#include "emulator/trust.hpp"

#include <string>
#include <string_view>

namespace hourkey::emulator {

struct declared_user {
    std::string access_key, secret_key, arn;
};

/// `ACCESS_KEY:SECRET:ARN`, as a command line gives it.
[[nodiscard]] result<declared_user> parse_declared_user(std::string_view text);

/// `ROLE_ARN[,principal=ARN][,principal-arn=ARN][,external-id=ID][,max-session-duration=SECONDS]`; all but the last may be
/// repeated. Commas in names and ids are their own: only one before such a word separates. Without principal, whoever
/// the emulator knows is trusted.
[[nodiscard]] result<role> parse_declared_role(std::string_view text);

/// `arn:PARTITION:iam::ACCOUNT:role/...` and a duration of 3600..43200 seconds.
[[nodiscard]] result<> check_role(const role& r);

}  // namespace hourkey::emulator
