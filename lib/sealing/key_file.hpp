#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace hourkey::sealing {

inline constexpr std::size_t server_key_bytes = 32;

/// One line of the server key's file.
struct key_line {
    std::uint8_t id = 1;
    bool is_retired = false;  ///< `bytes` are its audit key
    secret bytes;
};

/// A line a key: `ID:<64 hex digits>`, or `ID:audit:<64 hex digits>` for one that was retired; ids from 1 to 255, each
/// once. 64 hex digits alone are key 1. invalid_configuration, which says nothing of the content.
[[nodiscard]] result<std::vector<key_line>> parse_key_file(std::string_view text);

/// What parse_key_file() reads again.
[[nodiscard]] secret text_of(const std::vector<key_line>& lines);

[[nodiscard]] secret make_server_key();

}  // namespace hourkey::sealing
