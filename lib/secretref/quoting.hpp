#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hourkey::secretref {

/// The kind of string that a reference stands in.
enum class quoting {
    bare_text,  ///< format::text: the whole document
    yaml_plain,
    yaml_single,
    yaml_double,
    yaml_block,  ///< a line of `|` or `>`
    json_string,
    toml_basic,
    toml_basic_lines,  ///< """
    toml_literal,
    toml_literal_lines,  ///< '''
    dotenv_bare,
    dotenv_single,
    dotenv_double,
    dotenv_backtick
};

/// A backslash begins an escape there.
[[nodiscard]] constexpr bool has_escapes(quoting q) noexcept {
    return q == quoting::yaml_double || q == quoting::json_string || q == quoting::toml_basic ||
           q == quoting::toml_basic_lines || q == quoting::dotenv_double;
}

/// What begins at `at` ends a string of this kind.
[[nodiscard]] bool ends_string(std::string_view text, std::size_t at, quoting q) noexcept;

/// How many bytes of `text` at `at` are one quote of the string's content, as `''` is in a single-quoted YAML scalar;
/// 0 when none is there. `mark` becomes ' or ".
[[nodiscard]] std::size_t quote_at(std::string_view text, std::size_t at, quoting q, char& mark) noexcept;

/// Whether the value may be written into a string of this kind, by write_value.
[[nodiscard]] bool can_hold(quoting q, std::string_view value) noexcept;
void write_value(std::string& out, quoting q, std::string_view value);

/// The inside of a double-quoted string of YAML, JSON and TOML alike; `value` is UTF-8. At most 6 bytes a byte.
void write_escaped(std::string& out, std::string_view value);

/// A scalar of its own that every YAML reader takes for this very string, in block and flow context, without quotes.
[[nodiscard]] bool is_yaml_word(std::string_view value) noexcept;
/// Within a plain YAML scalar it neither ends it nor begins something else; `first`: it begins the scalar.
[[nodiscard]] bool fits_yaml_plain(std::string_view value, bool first) noexcept;

/// Told a plain YAML scalar piece by piece, says whether a reader could take it for something else than a string:
/// a number, a date, a truth value, nothing (YAML 1.1 10.2, 1.2 10.3).
class yaml_type_guess {
public:
    void add(std::string_view piece) noexcept;
    [[nodiscard]] bool may_be_no_string() const noexcept;

private:
    static constexpr std::size_t longest_word = 5;
    char word_[longest_word] = {};
    std::size_t size_ = 0;
    bool signed_ = false;
    bool begins_as_number_ = false;
    bool decimal_ = true;  ///< so far only what numbers and sexagesimals hold
    bool based_ = true;    ///< 0x, 0o, 0b
    bool date_ = true;
};

}  // namespace hourkey::secretref
