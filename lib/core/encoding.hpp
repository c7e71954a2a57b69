#pragma once

#include "core/failure.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace hourkey {

[[nodiscard]] std::string to_hex(std::span<const unsigned char> bytes);  ///< lower case
void append_hex(std::string& out, std::span<const unsigned char> bytes);
/// Lower or upper case; an odd length or another character is refused.
[[nodiscard]] result<std::string> from_hex(std::string_view text);

/// Big-endian number in base 62 (0-9A-Za-z), left-padded with '0' to `width` characters.
[[nodiscard]] std::string to_base62(std::span<const unsigned char> bytes, std::size_t width);
[[nodiscard]] bool is_base62(std::string_view text) noexcept;

/// RFC 3986 2.3: all but A-Z a-z 0-9 - _ . ~ becomes %XX. What AWS's query API and SigV4 want.
void append_percent_encoded(std::string& out, std::string_view text);
[[nodiscard]] std::string percent_encoded(std::string_view text);
/// Form decoding is not done here: '+' stays '+'. A malformed escape is refused.
[[nodiscard]] result<std::string> percent_decoded(std::string_view text);

/// CRC-32 (IEEE 802.3), as zlib computes it.
[[nodiscard]] std::uint32_t crc32(std::string_view text) noexcept;

/// The length of the well-formed UTF-8 sequence that `text` starts with (RFC 3629); 0 when there is none.
[[nodiscard]] std::size_t utf8_sequence_size(std::string_view text) noexcept;
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

}  // namespace hourkey
