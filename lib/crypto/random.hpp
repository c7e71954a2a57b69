#pragma once

#include "core/clock.hpp"
#include "core/ulid.hpp"

#include <cstdint>
#include <span>

namespace hourkey::crypto {

/// Fills with OpenSSL's CSPRNG; throws when it has no entropy, because nothing sensible can follow.
void fill_random(std::span<unsigned char> out);

[[nodiscard]] std::uint64_t random_number();

[[nodiscard]] ulid make_ulid(wall_time now);

}  // namespace hourkey::crypto
