#pragma once

#include "core/failure.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hourkey::sts {

/// A URL of a setting, in parts: `https://host[:port][/target]` or `http://...`.
struct url_parts {
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
[[nodiscard]] result<url_parts> parse_url(std::string_view text);
/// For a caller's own rules, in the same words.
[[nodiscard]] failure bad_url(std::string_view what);

/// `localhost`, or an address of loopback: there nobody can listen in between.
[[nodiscard]] bool is_loopback_host(const std::string& host);

}  // namespace hourkey::sts
