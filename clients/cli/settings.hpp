#pragma once

#include "clients/cli/contexts.hpp"
#include "clients/cli/environment.hpp"
#include "command/spec.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::cli {

/// What the command line says about the server; empty: nothing.
struct server_flags {
    std::string context{}, server{}, token_file{}, ca_file{}, tenant{};
    std::uint64_t timeout_seconds = 30;
};

/// The options of every command that asks a server, behind the command's own.
[[nodiscard]] std::vector<command::option> with_server_options(server_flags& flags, std::vector<command::option> own);
/// And of those that work on a tenant.
[[nodiscard]] std::vector<command::option> with_tenant_options(server_flags& flags, std::vector<command::option> own);

/// A value and the setting that it comes from, for an error to say.
struct setting {
    std::string value;
    std::string from;  ///< "--server", "HOURKEY_URL", "the context 'acme'"
};

/// Which server is meant, as whom, and what it is trusted by. Of the token either its file or itself, or nothing.
struct server_choice {
    setting url;
    std::string token_file;
    secret token;
    std::string token_from;             ///< empty: there is none
    setting ca_file;                    ///< empty: the machine's own trust
    std::optional<std::string> tenant;  ///< none: the token's own, which whoami tells
};

/// Flags go before variables, those before the context; one that --context names counts as a flag, so that what it is
/// written into (a profile) does the same in any environment. A context's token, CA and tenant are for its own server
/// alone, and the token of an SDK's container variables only for the server that they name.
/// Fails with not_found for a context that is none, and with invalid_configuration when no server is named.
[[nodiscard]] result<server_choice> choose_server(const server_flags& flags, const environment& variables,
                                                  const context_list& list);

/// Scheme, host and port alike.
[[nodiscard]] bool is_same_server(std::string_view one_url, std::string_view other_url);

/// The choice with its token read: what a client needs.
struct server_settings {
    std::string url;
    secret token;
    std::string token_from;
    std::string ca_file;
    std::optional<std::string> tenant;
    std::chrono::seconds patience{30};

    [[nodiscard]] server_settings clone() const { return {url, token.clone(), token_from, ca_file, tenant, patience}; }
};

/// By this process's variables and contexts file. Fails as choose_server() does, when a file cannot be read, and with
/// invalid_configuration without a token.
[[nodiscard]] result<server_settings> load_settings(const server_flags& flags);

}  // namespace hourkey::cli
