#include "crypto/key_derivation.hpp"

#include "crypto/hash.hpp"

#include <array>
#include <string>

namespace hourkey::crypto {

secret derive_key(const secret& server_key, std::string_view label) {
    const std::array<char, 32> no_salt{};
    auto pseudorandom = hmac_sha256({no_salt.data(), no_salt.size()}, server_key.expose());
    auto okm = hmac_sha256(as_text(pseudorandom), std::string(label) + '\x01');
    secret key(as_text(okm));
    wipe_bytes(pseudorandom.data(), pseudorandom.size());
    wipe_bytes(okm.data(), okm.size());
    return key;
}

}  // namespace hourkey::crypto
