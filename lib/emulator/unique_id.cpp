#include "emulator/unique_id.hpp"

#include "crypto/hash.hpp"

namespace hourkey::emulator {

std::string id_from(std::string_view prefix, std::span<const unsigned char> bytes) {
    constexpr std::string_view base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string id(prefix);
    for (const auto b : bytes.first(16)) id += base32[b % base32.size()];
    return id;
}

std::string stable_id(std::string_view prefix, std::string_view arn) { return id_from(prefix, crypto::sha256(arn)); }

}  // namespace hourkey::emulator
