#pragma once

#include "server/adapters/token_issue.hpp"
#include "server/commands/configuration_flags.hpp"

#include <cstdint>
#include <string>

namespace hourkey::server {

struct token_create_options {
    std::string role, tenant, app;
    std::int64_t expires_in_seconds = default_token_life.count();
};

/// Prints a new token, alone on standard output. A running server makes it; without one, this process does.
[[nodiscard]] result<> create_token(const configuration_flags& flags, const token_create_options& options);

}  // namespace hourkey::server
