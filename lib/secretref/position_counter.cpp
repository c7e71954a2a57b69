#include "secretref/position_counter.hpp"

namespace hourkey::secretref {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

position_counter::position_counter(std::string_view text) : text_(text) { begin(); }

void position_counter::begin() {
    now_ = {};
    if (text_.starts_with(byte_order_mark)) now_.offset = byte_order_mark.size();  // editors do not show it
}

position position_counter::of(std::size_t offset) {
    if (offset < now_.offset) begin();
    while (now_.offset < offset) advance();
    return now_;
}

void position_counter::advance() {
    const char c = text_[now_.offset++];
    const bool in_pair = c == '\r' && now_.offset < text_.size() && text_[now_.offset] == '\n';
    if ((c == '\n' || c == '\r') && !in_pair) {
        ++now_.line;
        now_.column = 1;
    } else if (now_.offset >= text_.size() || (static_cast<unsigned char>(text_[now_.offset]) & 0xc0U) != 0x80U) {
        ++now_.column;  // bytes that continue a character of UTF-8 are none of their own
    }
}

}  // namespace hourkey::secretref
