#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace hourkey {

/// A ULID (https://github.com/ulid/spec): 48 bits of milliseconds and 80 of randomness, 26 characters of Crockford's
/// base 32 in capitals. The text form is canonical: lower case, I, L, O and U are refused.
class ulid {
public:
    static constexpr std::size_t text_size = 26;

    ulid() = default;  ///< all zero; no resource ever has it
    [[nodiscard]] static ulid make(wall_time now, std::span<const unsigned char, 10> random) noexcept;
    [[nodiscard]] static result<ulid> parse(std::string_view text);

    /// The 16 bytes as bytes() gave them.
    [[nodiscard]] static ulid from_bytes(std::span<const unsigned char, 16> bytes) noexcept {
        ulid out;
        std::copy(bytes.begin(), bytes.end(), out.bytes_.begin());
        return out;
    }

    [[nodiscard]] std::string str() const;
    [[nodiscard]] std::span<const unsigned char, 16> bytes() const noexcept { return bytes_; }
    [[nodiscard]] bool is_nil() const noexcept { return *this == ulid{}; }
    friend auto operator<=>(const ulid&, const ulid&) = default;

private:
    std::array<unsigned char, 16> bytes_{};
};

}  // namespace hourkey
