#pragma once

#include "core/failure.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hourkey::http {

/// A URL of a setting, in parts: `https://host[:port][/target]` or `http://...`.
struct url {
    bool secure = true;
    bool has_port = false;  ///< another than the scheme's own
    std::string host;       ///< without brackets
    std::uint16_t port = 443;
    std::string target;     ///< path and query as written; empty: there is none

    /// As in a Host field.
    [[nodiscard]] std::string host_field() const;
};

/// Fails with invalid_configuration, whose message goes on after the setting's name: "has no valid port". A user or a
/// fragment is refused.
[[nodiscard]] result<url> parse_url(std::string_view text);
/// The same, of a server: nothing behind host and port but perhaps a slash.
[[nodiscard]] result<url> parse_server_url(std::string_view text);
/// For a caller's own rules, in the same words.
[[nodiscard]] failure bad_url(std::string_view what);

}  // namespace hourkey::http
