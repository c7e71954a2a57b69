#pragma once

#include "api/credentials.hpp"
#include "clients/cli/settings.hpp"
#include "clients/cli/vend.hpp"
#include "core/failure.hpp"

namespace hourkey::cli {

/// New credentials of the server that the flags make; while it cannot answer, those that `credential-process` has kept
/// for the same request, said on standard error. The server is let go before this returns.
[[nodiscard]] result<api::credentials> vend_or_kept(const server_flags& server, const vend_flags& flags);

}  // namespace hourkey::cli
