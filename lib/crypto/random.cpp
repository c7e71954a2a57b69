#include "crypto/random.hpp"

#include <openssl/rand.h>

#include <array>
#include <bit>
#include <stdexcept>

namespace hourkey::crypto {

void fill_random(std::span<unsigned char> out) {
    if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1)
        throw std::runtime_error("the random generator failed");
}

std::uint64_t random_number() {
    std::array<unsigned char, sizeof(std::uint64_t)> random{};
    fill_random(random);
    return std::bit_cast<std::uint64_t>(random);
}

ulid make_ulid(wall_time now) {
    std::array<unsigned char, 10> random{};
    fill_random(random);
    return ulid::make(now, random);
}

}  // namespace hourkey::crypto
