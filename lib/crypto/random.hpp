#pragma once

#include "core/clock.hpp"
#include "core/ulid.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace hourkey::crypto {

/// Fills with OpenSSL's CSPRNG; throws when it has no entropy, because nothing sensible can follow.
void fill_random(std::span<unsigned char> out);

[[nodiscard]] std::uint64_t random_number();

[[nodiscard]] ulid make_ulid(wall_time now);

/// `hk-` and 32 hex digits (128 bits): an external id of ours. STS: 2..1224 of [\w+=,.@:/-].
[[nodiscard]] std::string make_external_id();

}  // namespace hourkey::crypto
