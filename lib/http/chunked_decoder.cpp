#include "http/chunked_decoder.hpp"

#include <algorithm>

namespace hourkey::http {
namespace {

constexpr int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// In extensions and trailers anything but a line end or another control byte is skipped.
constexpr bool is_text(char c) noexcept { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); }

}  // namespace

chunked_decoder::part chunked_decoder::next(char c) noexcept {
    switch (part_) {
        case part::size:
        case part::size_digits:
            if (const int digit = hex_digit(c); digit >= 0) {
                left_ = left_ * 16 + static_cast<std::size_t>(digit);
                return left_ > room_ ? part::too_large : part::size_digits;
            }
            if (part_ == part::size) return part::malformed;
            if (c == '\r') return part::size_lf;
            return c == ';' || c == ' ' || c == '\t' ? part::extension : part::malformed;
        case part::extension: return c == '\r' ? part::size_lf : is_text(c) ? part::extension : part::malformed;
        case part::size_lf:
            if (c != '\n') return part::malformed;
            room_ -= left_;
            return left_ == 0 ? part::trailer_start : part::data;
        case part::data_cr: return c == '\r' ? part::data_lf : part::malformed;
        case part::data_lf: return c == '\n' ? part::size : part::malformed;
        case part::trailer_start: return c == '\r' ? part::end_lf : is_text(c) ? part::trailer : part::malformed;
        case part::trailer: return c == '\r' ? part::trailer_lf : is_text(c) ? part::trailer : part::malformed;
        case part::trailer_lf: return c == '\n' ? part::trailer_start : part::malformed;
        case part::end_lf: return c == '\n' ? part::done : part::malformed;
        case part::data:
        case part::done:
        case part::malformed:
        case part::too_large: break;
    }
    return part_;
}

chunked_decoder::step chunked_decoder::feed(std::string_view bytes) noexcept {
    const auto ended = [this] { return part_ == part::done || part_ == part::malformed || part_ == part::too_large; };
    std::size_t used = 0;
    while (!ended() && used < bytes.size()) {
        if (part_ == part::data) {
            const auto size = std::min(left_, bytes.size() - used);
            left_ -= size;
            if (left_ == 0) part_ = part::data_cr;
            return {state::data, used + size, bytes.substr(used, size)};
        }
        part_ = overhead_room_ == 0 ? part::malformed : next(bytes[used]);
        if (overhead_room_ != 0) --overhead_room_;
        ++used;
    }
    if (part_ == part::malformed) return {state::malformed, used, {}};
    if (part_ == part::too_large) return {state::too_large, used, {}};
    return {part_ == part::done ? state::done : state::more, used, {}};
}

}  // namespace hourkey::http
