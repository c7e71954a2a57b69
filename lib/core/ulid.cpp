#include "core/ulid.hpp"

#include <algorithm>

namespace hourkey {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

constexpr std::array<signed char, 256> make_digits() {
    std::array<signed char, 256> digits{};
    digits.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        digits[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
    return digits;
}
constexpr auto digits = make_digits();

}  // namespace

ulid ulid::make(wall_time now, std::span<const unsigned char, 10> random) noexcept {
    ulid out;
    const auto ms = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
    for (std::size_t i = 0; i < 6; ++i) out.bytes_[i] = static_cast<unsigned char>(ms >> (40 - 8 * i));
    std::ranges::copy(random, out.bytes_.begin() + 6);
    return out;
}

std::string ulid::str() const {
    std::string text(text_size, '0');
    // 128 bits in 26 digits of 5: the first digit holds only the top 3 bits.
    std::uint64_t high = 0, low = 0;
    for (std::size_t i = 0; i < 8; ++i) high = (high << 8) | bytes_[i];
    for (std::size_t i = 8; i < 16; ++i) low = (low << 8) | bytes_[i];
    for (std::size_t i = text_size; i-- > 0;) {
        text[i] = alphabet[low & 31U];
        low = (low >> 5) | (high << 59);
        high >>= 5;
    }
    return text;
}

result<ulid> ulid::parse(std::string_view text) {
    const auto bad = [] { return invalid_field("id", "is not a ULID", "Use the 26-character id as hourkey gave it."); };
    if (text.size() != text_size || text[0] > '7') return bad();
    std::uint64_t high = 0, low = 0;
    for (const char c : text) {
        const auto digit = digits[static_cast<unsigned char>(c)];
        if (digit < 0) return bad();
        high = (high << 5) | (low >> 59);
        low = (low << 5) | static_cast<std::uint64_t>(digit);
    }
    ulid out;
    for (std::size_t i = 0; i < 8; ++i) {
        out.bytes_[i] = static_cast<unsigned char>(high >> (56 - 8 * i));
        out.bytes_[i + 8] = static_cast<unsigned char>(low >> (56 - 8 * i));
    }
    return out;
}

}  // namespace hourkey
