#include "http/head_block.hpp"

#include "http/token.hpp"

#include <algorithm>

namespace hourkey::http {
namespace {

constexpr std::string_view block_end = "\r\n\r\n";

/// Looks at every byte together with its successor: CR and LF are fine only as the pair. One branch-free pass in the
/// bytes' own width, so that the compiler makes it a vector loop.
bool has_bad_byte(const char* bytes, std::size_t pairs) noexcept {
    unsigned char bad = 0;
    for (std::size_t i = 0; i < pairs; ++i) {
        const auto c = static_cast<unsigned char>(bytes[i]);
        const auto next = static_cast<unsigned char>(bytes[i + 1]);
        const bool control = (c < 0x20) & (c != '\t') & (c != '\r') & (c != '\n');
        const bool torn = (c == '\r') != (next == '\n');
        bad = static_cast<unsigned char>(bad | (control | (c == 0x7f) | torn));
    }
    return bad != 0;
}

}  // namespace

head_scanner::verdict head_scanner::feed(std::string_view seen) noexcept {
    if (seen.empty()) return verdict::incomplete;
    // RFC 9112 2.2 lets a server skip an empty line before a request; Beast does not and nor do we.
    if (seen[0] == '\r' || seen[0] == '\n') return verdict::bad_byte;

    const auto within = seen.substr(0, cap_);
    const auto end = within.find(block_end, checked_ < 3 ? 0 : checked_ - 3);
    const auto last = end == std::string_view::npos ? within.size() : end + block_end.size();
    // Up to the last byte that has a successor; a complete block's own LF has been compared as the successor of its CR.
    if (last > checked_ + 1) {
        if (has_bad_byte(within.data() + checked_, last - 1 - checked_)) return verdict::bad_byte;
        checked_ = last - 1;
    }
    if (end != std::string_view::npos) {
        size_ = last;
        return verdict::complete;
    }
    if (seen.size() < cap_) return verdict::incomplete;
    return within.find('\n') == std::string_view::npos ? verdict::line_too_large : verdict::too_large;
}

line_fault check_field_lines(std::string_view block, std::size_t max_fields, message_kind kind) noexcept {
    std::size_t fields = 0;
    for (auto at = block.find('\n') + 1; block[at] != '\r'; at = block.find('\n', at) + 1) {
        if (block[at] == ' ' || block[at] == '\t') return line_fault::folded;
        const auto name_start = at;
        bool underscore = false;
        while (is_token_char(block[at])) underscore |= block[at++] == '_';
        if (block[at] != ':' || at == name_start) return line_fault::bad_name;
        if (kind == message_kind::request) {
            if (underscore) return line_fault::underscore;
            if (equal_ignoring_case(block.substr(name_start, at - name_start), "transfer-encoding"))
                return line_fault::transfer_encoding;
        }
        if (++fields > max_fields) return line_fault::too_many;
    }
    return line_fault::none;
}

}  // namespace hourkey::http
