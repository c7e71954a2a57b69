#pragma once

#include "net/trusted_proxies.hpp"
#include "server/config.hpp"

#include <memory>

namespace hourkey::server {

/// listen.trusted_proxies and listen.proxy_protocol; null when nobody is trusted. invalid_configuration when an entry
/// is no network, and for a protocol that nobody may speak.
[[nodiscard]] result<std::shared_ptr<const net::trusted_proxies>> trusted_proxies_of(const config& c);

}  // namespace hourkey::server
