#pragma once

#include "core/failure.hpp"
#include "server/config.hpp"

#include <cstdint>
#include <string>

namespace hourkey::server {

/// listen.public_url as it is printed and handed out: https://host[:port], without a slash behind it. Empty when it is
/// not set. invalid_configuration for what no client could be given: another scheme, a path, a user.
[[nodiscard]] result<std::string> public_url_of(const config& c);

/// What stands for it when it is not set: the listener itself, by loopback when it listens on all addresses.
[[nodiscard]] std::string own_url(const std::string& address, std::uint16_t port);

}  // namespace hourkey::server
