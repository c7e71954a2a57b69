#pragma once

#include "api/credentials.hpp"
#include "clients/cli/ask_server.hpp"
#include "command/spec.hpp"
#include "core/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hourkey::cli {

/// Which credentials a command is to get; empty and 0: not said.
struct vend_flags {
    std::string connection{};
    std::uint64_t duration_seconds = 0, min_ttl_seconds = 0;
    std::string stage{}, service{}, project{}, region{};
};

/// The connection, and behind the command's own options what may be said of the vend and of the server.
[[nodiscard]] std::vector<command::option> with_vend_options(vend_flags& flags, server_flags& server,
                                                             std::vector<command::option> own);

/// Fails with invalid_request.
[[nodiscard]] result<connection_name> connection_of(const vend_flags& flags);
[[nodiscard]] api::credentials_request request_of(const vend_flags& flags);

/// New credentials. Says on standard error when this machine's clock makes them useless.
[[nodiscard]] result<api::credentials> vend(server_session& from, const vend_flags& flags);

/// The one that was asked for, else the connection's own. None: the tool's.
[[nodiscard]] std::optional<std::string> region_for(const vend_flags& flags, const api::credentials& vended);

}  // namespace hourkey::cli
