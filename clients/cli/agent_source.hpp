#pragma once

#include "agent/source.hpp"
#include "api/credentials.hpp"
#include "clients/cli/ask_server.hpp"
#include "clients/cli/settings.hpp"

namespace hourkey::cli {

/// The session's server, as long as it takes the token. When it does not, the settings are looked at again, for whoever
/// issues a token may have renewed it meanwhile: another one is tried once. The session outlives it.
[[nodiscard]] agent::source make_agent_source(server_session& over, const server_flags& flags,
                                              api::credentials_request what);

}  // namespace hourkey::cli
