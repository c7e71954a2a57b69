#include "store/cursor.hpp"

#include "core/encoding.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace hourkey::store {
namespace {

constexpr std::size_t sum_size = 4;

/// Tells a cursor that was cut or mistyped from one of ours. It hides and proves nothing.
std::string sum_of(std::string_view text) {
    const auto crc = crc32(text);
    return {static_cast<char>(crc >> 24), static_cast<char>(crc >> 16), static_cast<char>(crc >> 8),
            static_cast<char>(crc)};
}

}  // namespace

std::string make_cursor(cursor_of list, std::string_view place) {
    std::string bytes(1, static_cast<char>(list));
    bytes.append(place);
    bytes.append(sum_of(bytes));
    return to_hex(std::span(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

result<std::string> read_cursor(cursor_of list, std::string_view cursor) {
    if (cursor.empty()) return std::string();
    const auto bytes = from_hex(cursor);
    if (bytes && bytes->size() > sum_size && bytes->front() == static_cast<char>(list)) {
        const auto text = std::string_view(*bytes).substr(0, bytes->size() - sum_size);
        if (bytes->ends_with(sum_of(text)) && make_cursor(list, text.substr(1)) == cursor)
            return std::string(text.substr(1));
    }
    return invalid_field("cursor", "is not one of ours", "Send the cursor of the page before, unchanged.");
}

}  // namespace hourkey::store
