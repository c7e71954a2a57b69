#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"
#include "core/ulid.hpp"
#include "crypto/hash.hpp"
#include "model/role.hpp"

#include <array>
#include <string>
#include <string_view>

namespace hourkey::auth {

/// `hk_<role>_<ULID>_<43 base62 = 256 bit>_<6 base62 CRC-32 of all before>`. Visible ASCII; '_' is the only separator,
/// so that secret scanners find it:
/// hk_(operator|admin|app|auditor)_[0-9A-HJKMNP-TV-Z]{26}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}
struct token_parts {
    model::role role;
    ulid id;
    std::string_view secret;  ///< of the text; with the other two it says all of it
};

/// Checks shape and checksum only; a token that fails here never reaches the store.
[[nodiscard]] result<token_parts> parse_token(std::string_view text);

struct new_token {
    ulid id;
    secret text;
};
[[nodiscard]] new_token make_token(model::role role, wall_time now);

/// HMAC-SHA256 under the server's token key: what is stored and compared.
using token_mac = std::array<unsigned char, 32>;

}  // namespace hourkey::auth
