#include "core/json_escape.hpp"

#include "core/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace hourkey {
namespace {

constexpr auto plain = [] {
    std::array<bool, 256> table{};
    for (unsigned c = 0x20; c < 0x7F; ++c) table[c] = c != '"' && c != '\\';
    return table;
}();

/// Whether the `Stride` bytes at `at` are all plain. Without early exit, so that the compiler makes vectors of it.
template <std::size_t Stride>
bool are_plain(const char* at) noexcept {
    unsigned char other = 0;
    for (std::size_t i = 0; i < Stride; ++i) {
        const auto c = static_cast<signed char>(at[i]);  // negative from 0x80 on
        other |= static_cast<unsigned char>((c < 0x20) | (c == 0x7F) | (c == '"') | (c == '\\'));
    }
    return other == 0;
}

bool is_plain(std::string_view text) noexcept {
    const auto size = text.size();
    std::size_t at = 0;
    for (; size - at >= 32; at += 32)
        if (!are_plain<32>(text.data() + at)) return false;
    for (; size - at >= 8; at += 8)
        if (!are_plain<8>(text.data() + at)) return false;
    if (size >= 8) return at == size || are_plain<8>(text.data() + size - 8);
    return std::ranges::all_of(text, [](char c) { return plain[static_cast<unsigned char>(c)]; });
}

void append_unicode_escape(std::string& out, unsigned code_point) {
    constexpr std::string_view digits = "0123456789abcdef";
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) out.push_back(digits[(code_point >> shift) & 15U]);
}

void append_ascii_escape(std::string& out, unsigned char c) {
    switch (c) {
        case '"': out.append("\\\""); break;
        case '\\': out.append("\\\\"); break;
        case '\n': out.append("\\n"); break;
        case '\r': out.append("\\r"); break;
        case '\t': out.append("\\t"); break;
        default: append_unicode_escape(out, c);
    }
}

/// The code point of a sequence that a terminal or a line splitter may act on; 0 for any other.
unsigned acted_upon(std::string_view sequence) noexcept {
    const auto at = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(sequence[i])); };
    if (sequence.size() == 2 && at(0) == 0xC2 && at(1) < 0xA0) return at(1);  // C1: U+009B opens an ANSI sequence
    if (sequence.size() != 3 || at(0) != 0xE2) return 0;
    const unsigned code_point = 0x2000U | (at(1) & 0x3FU) << 6 | (at(2) & 0x3FU);
    const bool acts = (code_point >= 0x2028 && code_point <= 0x202E) || (code_point >= 0x2066 && code_point <= 0x2069);
    return acts ? code_point : 0;
}

}  // namespace

void append_json_escaped(std::string& out, std::string_view text) {
    if (is_plain(text)) {  // nearly always
        out.append(text);
        return;
    }
    std::size_t copied = 0, at = 0;
    const auto copy_until_here = [&] { out.append(text, copied, at - copied); };
    while (at < text.size()) {
        if (text.size() - at >= 8 && are_plain<8>(text.data() + at)) {
            at += 8;
            continue;
        }
        const auto byte = static_cast<unsigned char>(text[at]);
        if (plain[byte]) {
            ++at;
            continue;
        }
        const auto size = utf8_sequence_size(text.substr(at));
        const auto escaped = size > 1 ? acted_upon(text.substr(at, size)) : 0;
        if (size > 1 && escaped == 0) {
            at += size;
            continue;
        }
        copy_until_here();
        if (size == 0) {
            out.append("\xEF\xBF\xBD");
        } else if (size == 1) {
            append_ascii_escape(out, byte);
        } else {
            append_unicode_escape(out, escaped);
        }
        at += size == 0 ? 1 : size;
        copied = at;
    }
    copy_until_here();
}

}  // namespace hourkey
