#pragma once

#include "core/secret.hpp"

#include <string_view>

namespace hourkey::crypto {

/// HKDF-SHA256 (RFC 5869) of 32 bytes, without salt, with `label` as info: one key per purpose from the server key.
[[nodiscard]] secret derive_key(const secret& server_key, std::string_view label);

}  // namespace hourkey::crypto
