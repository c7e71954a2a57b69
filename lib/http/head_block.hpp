#pragma once

#include <cstddef>
#include <string_view>

namespace hourkey::http {

/// Finds the end of a message's header block and checks its raw bytes on the way, before any parser sees them: an
/// obs-fold, a bare CR or LF and a NUL cannot be found any more once a parser has joined lines. Bytes from 0x80 on
/// (obs-text, RFC 9110 5.5) pass: where they may stand is the parsers' to say. The verdict does not depend on how the
/// bytes were cut into arrivals.
class head_scanner {
public:
    enum class verdict {
        incomplete,
        complete,   ///< size() bytes, up to and with CRLFCRLF
        bad_byte,   ///< a control byte, a bare CR or LF, or an empty first line
        too_large,  ///< no end within the cap
        line_too_large  ///< not even the first line ended within the cap
    };

    explicit head_scanner(std::size_t cap) noexcept : cap_(cap) {}

    /// `seen` is all that has arrived of this message, from its first byte on.
    [[nodiscard]] verdict feed(std::string_view seen) noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    std::size_t cap_;
    std::size_t checked_ = 0;  ///< bytes whose pair with the following byte has been looked at
    std::size_t size_ = 0;
};

enum class line_fault { none, folded, bad_name, underscore, too_many, transfer_encoding };

/// What we are reading decides two rules: a request may not carry `_` in a name (CGI maps it to `-`) nor any
/// Transfer-Encoding.
enum class message_kind { request, answer };

/// The field lines of a complete block whose bytes have been checked: RFC 9112 5.1, 5.2.
[[nodiscard]] line_fault check_field_lines(std::string_view block, std::size_t max_fields, message_kind kind) noexcept;

}  // namespace hourkey::http
