#include "secretref/quoting.hpp"

#include "core/ascii.hpp"
#include "core/character_set.hpp"
#include "core/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace hourkey::secretref {
namespace {

constexpr auto plain_characters = character_set::alphanumeric_and("+/=_.@:-");
constexpr auto begins_plain = character_set::alphanumeric_and("/_");
// What dotenv's dialects and shells all read as itself without quotes.
constexpr auto dotenv_characters = character_set::alphanumeric_and("+/=_.,:@%-");

std::uint32_t code_point(std::string_view sequence) noexcept {
    const auto byte = [&](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(sequence[i]));
    };
    switch (sequence.size()) {
        case 1: return byte(0);
        case 2: return (byte(0) & 0x1fU) << 6U | (byte(1) & 0x3fU);
        case 3: return (byte(0) & 0x0fU) << 12U | (byte(1) & 0x3fU) << 6U | (byte(2) & 0x3fU);
        default: return 0x10000;
    }
}

/// Controls, what YAML 1.1 breaks lines at, and what it does not call printable (YAML 1.2 5.1).
bool is_unprintable(std::uint32_t c) noexcept {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029 || c == 0xfeff || c == 0xfffe ||
           c == 0xffff;
}

/// UTF-8 without anything that only an escape can hold; tabs are printable.
bool is_printable(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto size = utf8_sequence_size(text);
        if (size == 0) return false;
        if (text[0] != '\t' && is_unprintable(code_point(text.substr(0, size)))) return false;
        text.remove_prefix(size);
    }
    return true;
}

bool has_any(std::string_view text, std::string_view of) noexcept {
    return text.find_first_of(of) != std::string_view::npos;
}

bool is_word_of_yaml(std::string_view word) noexcept {
    // YAML 1.1's and 1.2's; `=` is a type of 1.1 of its own, `<<` merges.
    static constexpr std::array<std::string_view, 16> words{"",    "~", "null", "true", "false", "yes",  "no",   "on",
                                                            "off", "y", "n",    "=",    "<<",    ".inf", ".nan", "-"};
    return std::ranges::find(words, word) != words.end();
}

}  // namespace

bool ends_string(std::string_view text, std::size_t at, quoting q) noexcept {
    const auto rest = text.substr(at);
    switch (q) {
        case quoting::yaml_single: return rest.starts_with('\'') && !rest.starts_with("''");
        case quoting::yaml_double:
        case quoting::json_string:
        case quoting::toml_basic:
        case quoting::dotenv_double: return rest.starts_with('"');
        case quoting::toml_basic_lines: return rest.starts_with("\"\"\"");
        case quoting::toml_literal:
        case quoting::dotenv_single: return rest.starts_with('\'');
        case quoting::toml_literal_lines: return rest.starts_with("'''");
        case quoting::dotenv_backtick: return rest.starts_with('`');
        case quoting::bare_text:
        case quoting::yaml_plain:
        case quoting::yaml_block:
        case quoting::dotenv_bare: return false;
    }
    return false;
}

std::size_t quote_at(std::string_view text, std::size_t at, quoting q, char& mark) noexcept {
    if (at >= text.size() || ends_string(text, at, q)) return 0;
    const auto rest = text.substr(at);
    if (has_escapes(q) && rest.starts_with("\\\"")) {
        mark = '"';
        return 2;
    }
    if (rest[0] != '\'' && rest[0] != '"') return 0;
    mark = rest[0];
    return q == quoting::yaml_single && mark == '\'' ? 2 : 1;
}

bool can_hold(quoting q, std::string_view value) noexcept {
    switch (q) {
        case quoting::bare_text: return true;
        case quoting::yaml_plain: return false;  // by fits_yaml_plain and yaml_type_guess
        case quoting::yaml_double:
        case quoting::json_string:
        case quoting::toml_basic:
        case quoting::toml_basic_lines: return is_valid_utf8(value);
        case quoting::yaml_single:
        case quoting::yaml_block: return is_printable(value);
        case quoting::toml_literal:
        case quoting::toml_literal_lines: return is_printable(value) && !has_any(value, "'");
        // Dialects differ in what a backslash and a dollar mean between quotes, so neither is written.
        case quoting::dotenv_single: return is_printable(value) && !has_any(value, "'\\");
        case quoting::dotenv_double: return is_printable(value) && !has_any(value, "\"\\$`");
        case quoting::dotenv_backtick: return is_printable(value) && !has_any(value, "`\\$");
        case quoting::dotenv_bare: return std::ranges::all_of(value, [](char c) { return dotenv_characters.has(c); });
    }
    return false;
}

void write_value(std::string& out, quoting q, std::string_view value) {
    switch (q) {
        case quoting::yaml_double:
        case quoting::json_string:
        case quoting::toml_basic:
        case quoting::toml_basic_lines: return write_escaped(out, value);
        case quoting::yaml_single:
            for (const char c : value) out.append(c == '\'' ? 2 : 1, c);
            return;
        default: out.append(value);
    }
}

void write_escaped(std::string& out, std::string_view value) {
    static constexpr std::string_view digits = "0123456789abcdef";
    while (!value.empty()) {
        const auto size = std::max<std::size_t>(1, utf8_sequence_size(value));
        const auto sequence = value.substr(0, size);
        const auto c = code_point(sequence);
        if (c == '"' || c == '\\') {
            out.append("\\").append(sequence);
        } else if (c == '\n' || c == '\r' || c == '\t') {
            out.push_back('\\');
            out.push_back(c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
        } else if (is_unprintable(c)) {
            out.append("\\u");
            for (unsigned shift = 16; shift != 0;) out.push_back(digits[c >> (shift -= 4) & 0xfU]);
        } else {
            out.append(sequence);
        }
        value.remove_prefix(size);
    }
}

bool is_yaml_word(std::string_view value) noexcept {
    if (value.empty() || lower(value[0]) < 'a' || lower(value[0]) > 'z') return false;
    if (!fits_yaml_plain(value, true)) return false;
    yaml_type_guess guess;
    guess.add(value);
    return !guess.may_be_no_string();
}

bool fits_yaml_plain(std::string_view value, bool first) noexcept {
    if (value.empty() || value.back() == ':' || (first && !begins_plain.has(value[0]))) return false;
    return std::ranges::all_of(value, [](char c) { return plain_characters.has(c); });
}

void yaml_type_guess::add(std::string_view piece) noexcept {
    static constexpr auto of_decimals = character_set::of("0123456789_.:eE+-");
    static constexpr auto of_bases = character_set::of("xXoObB");
    static constexpr auto of_based = character_set::of("0123456789abcdefABCDEF_xXoO");
    static constexpr auto of_dates = character_set::of("0123456789:.TtZz+- \t");
    for (const char c : piece) {
        const bool sign = size_ == 0 && (c == '-' || c == '+');
        if (sign) signed_ = true;
        const auto place = size_ - (signed_ ? 1U : 0U);
        if (place == 0 && ((c >= '0' && c <= '9') || c == '.')) begins_as_number_ = true;
        if ((place == 0 && c != '0') || (place == 1 && !of_bases.has(c))) based_ = false;
        if (size_ < longest_word) word_[size_] = lower(c);
        ++size_;
        decimal_ = decimal_ && of_decimals.has(c);
        based_ = based_ && (sign || of_based.has(c));
        date_ = date_ && of_dates.has(c);
    }
}

bool yaml_type_guess::may_be_no_string() const noexcept {
    if (size_ <= longest_word) {
        const std::string_view word(word_, size_);
        if (is_word_of_yaml(word) || (signed_ && is_word_of_yaml(word.substr(1)))) return true;
    }
    return begins_as_number_ && (decimal_ || based_ || date_);
}

}  // namespace hourkey::secretref
