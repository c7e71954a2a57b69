#pragma once

#include "core/failure.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hourkey::client {

/// Where a server is: `https://host[:port]`. `http://` only for loopback, where nobody can listen in between.
struct base_url {
    bool secure = true;
    std::string host;  ///< without brackets
    std::uint16_t port = 443;

    [[nodiscard]] std::string host_field() const;
};

/// A user, a path, a query or a fragment is refused; a slash at the end is not. invalid_configuration about `url`.
[[nodiscard]] result<base_url> parse_base_url(std::string_view text);

}  // namespace hourkey::client
