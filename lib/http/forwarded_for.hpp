#pragma once

#include "http/message.hpp"
#include "net/address_set.hpp"

#include <string>

namespace hourkey::http {

/// Whose request it is that `from`, a trusted proxy, hands on: of X-Forwarded-For, read from its end, the first address
/// that is no trusted proxy; what stands before it is the client's own claim and is not looked at. An entry that is no
/// address, or one of loopback, ends the search at the proxy that added it.
[[nodiscard]] std::string forwarded_client(const request& r, const std::string& from, const net::address_set& trusted);

}  // namespace hourkey::http
