#include "auth/token_format.hpp"

#include "core/encoding.hpp"
#include "crypto/random.hpp"

namespace hourkey::auth {
namespace {

constexpr std::string_view prefix = "hk_";
constexpr std::size_t secret_size = 43;  // 256 bits need 42.99 base-62 digits
constexpr std::size_t checksum_size = 6;
constexpr std::size_t tail_size = 1 + ulid::text_size + 1 + secret_size + 1 + checksum_size;

std::string checksum(std::string_view text) {
    const auto crc = crc32(text);
    const std::array<unsigned char, 4> bytes{static_cast<unsigned char>(crc >> 24),
                                             static_cast<unsigned char>(crc >> 16),
                                             static_cast<unsigned char>(crc >> 8), static_cast<unsigned char>(crc)};
    return to_base62(bytes, checksum_size);
}

failure malformed(std::string_view why) {
    return failure(errc::unauthenticated, {}, "Send the token exactly as hourkey printed it.", std::string(why));
}

}  // namespace

result<token_parts> parse_token(std::string_view text) {
    if (!text.starts_with(prefix) || text.size() <= prefix.size() + tail_size)
        return malformed("the token has another shape");
    const auto role = model::parse_role(text.substr(prefix.size(), text.size() - prefix.size() - tail_size));
    if (!role) return malformed("the token names no role");

    const auto tail = text.substr(text.size() - tail_size);
    const auto id_text = tail.substr(1, ulid::text_size);
    const auto secret_text = tail.substr(2 + ulid::text_size, secret_size);
    const auto checksum_text = tail.substr(tail.size() - checksum_size);
    if (tail[0] != '_' || tail[1 + ulid::text_size] != '_' || tail[tail.size() - checksum_size - 1] != '_' ||
        !is_base62(secret_text))
        return malformed("the token has another shape");
    if (checksum(text.substr(0, text.size() - checksum_size - 1)) != checksum_text)
        return malformed("the token's checksum is wrong");
    const auto id = ulid::parse(id_text);
    if (!id) return malformed("the token's id is not a ULID");
    return token_parts{*role, *id, secret_text};
}

new_token make_token(model::role role, wall_time now) {
    const auto id = crypto::make_ulid(now);
    std::array<unsigned char, 32> random{};
    crypto::fill_random(random);
    auto digits = to_base62(random, secret_size);
    wipe_bytes(random.data(), random.size());

    std::string text;
    text.reserve(prefix.size() + 16 + tail_size);  // no reallocation that would leave a copy behind
    text.append(prefix).append(to_text(role)).append("_").append(id.str()).append("_").append(digits);
    wipe_container(digits);
    const auto sum = checksum(text);
    text.append("_").append(sum);
    new_token made{id, secret(text)};
    wipe_container(text);
    return made;
}

}  // namespace hourkey::auth
