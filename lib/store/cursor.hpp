#pragma once

#include "core/failure.hpp"

#include <string>
#include <string_view>

namespace hourkey::store {

/// Of which list a cursor is.
enum class cursor_of : char {
    tenants = 't',
    apps = 'a',
    connections = 'c',
    grants = 'g',
    tokens = 'k',
    audit = 'r',
};

/// A place in a list as text that means nothing to anybody else: what stands in it may be another thing tomorrow.
[[nodiscard]] std::string make_cursor(cursor_of list, std::string_view place);
/// The place again; empty for an empty cursor. invalid_request for what make_cursor() has not made for this list.
[[nodiscard]] result<std::string> read_cursor(cursor_of list, std::string_view cursor);

}  // namespace hourkey::store
