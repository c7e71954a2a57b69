#include "core/encoding.hpp"

#include "core/character_set.hpp"
#include "core/secret.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace hourkey {
namespace {

constexpr std::string_view base62_alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::array<std::array<char, 2>, 256> lower_hex = [] {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<std::array<char, 2>, 256> table{};
    for (std::size_t b = 0; b < table.size(); ++b) table[b] = {digits[b >> 4], digits[b & 15]};
    return table;
}();
constexpr std::string_view upper_hex = "0123456789ABCDEF";

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr auto unreserved = character_set::alphanumeric_and("-_.~");

constexpr auto crc_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t c = i;
        for (int k = 0; k < 8; ++k) c = (c & 1U) != 0 ? 0xEDB88320U ^ (c >> 1) : c >> 1;
        table[i] = c;
    }
    return table;
}();

}  // namespace

void append_hex(std::string& out, std::span<const unsigned char> bytes) {
    const auto before = out.size();
    out.resize(before + bytes.size() * 2);
    char* at = out.data() + before;
    for (const auto b : bytes) {
        std::memcpy(at, lower_hex[b].data(), 2);
        at += 2;
    }
}

std::string to_hex(std::span<const unsigned char> bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    append_hex(out, bytes);
    return out;
}

result<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return failure(errc::invalid_request, "hex text has an odd length");
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
        if (high < 0 || low < 0)
            return failure(errc::invalid_request, "hex text has a character that is not a hex digit");
        out.push_back(static_cast<char>(high << 4 | low));
    }
    return out;
}

std::string to_base62(std::span<const unsigned char> bytes, std::size_t width) {
    std::string number(bytes.begin(), bytes.end());  // whose few bytes need no memory
    std::string out(width, '0');
    for (std::size_t at = width; at-- > 0;) {
        unsigned remainder = 0;
        for (auto& byte : number) {
            const unsigned value = remainder << 8 | static_cast<unsigned char>(byte);
            byte = static_cast<char>(value / 62);
            remainder = value % 62;
        }
        out[at] = base62_alphabet[remainder];
    }
    wipe_container(number);  // the secret half of a token passes through here
    return out;
}

bool is_base62(std::string_view text) noexcept {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

void append_percent_encoded(std::string& out, std::string_view text) {
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && unreserved.has(text[plain])) ++plain;
        out.append(text, 0, plain);
        if (plain == text.size()) return;
        const auto byte = static_cast<unsigned char>(text[plain]);
        const char escape[] = {'%', upper_hex[byte >> 4], upper_hex[byte & 15]};
        out.append(escape, sizeof(escape));
        text.remove_prefix(plain + 1);
    }
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 2);
    append_percent_encoded(out, text);
    return out;
}

result<std::string> percent_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) return failure(errc::invalid_request, "a percent escape is malformed");
        out.push_back(static_cast<char>(high << 4 | low));
        i += 2;
    }
    return out;
}

std::uint32_t crc32(std::string_view text) noexcept {
    std::uint32_t c = 0xFFFFFFFFU;
    for (const char ch : text) c = crc_table[(c ^ static_cast<unsigned char>(ch)) & 0xFFU] ^ (c >> 8);
    return c ^ 0xFFFFFFFFU;
}

std::size_t utf8_sequence_size(std::string_view text) noexcept {
    // RFC 3629 section 4, the table of well-formed sequences.
    const auto at = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U; };
    const auto tail = [&](std::size_t k) { return (at(k) & 0xC0U) == 0x80U; };
    if (text.empty()) return 0;
    const unsigned b = at(0);
    if (b < 0x80) return 1;
    if (b >= 0xC2 && b <= 0xDF && tail(1)) return 2;
    if (b >= 0xE0 && b <= 0xEF && tail(1) && tail(2) && (b != 0xE0 || at(1) >= 0xA0) && (b != 0xED || at(1) <= 0x9F))
        return 3;
    if (b >= 0xF0 && b <= 0xF4 && tail(1) && tail(2) && tail(3) && (b != 0xF0 || at(1) >= 0x90) &&
        (b != 0xF4 || at(1) <= 0x8F))
        return 4;
    return 0;
}

bool is_valid_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto size = utf8_sequence_size(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

}  // namespace hourkey
