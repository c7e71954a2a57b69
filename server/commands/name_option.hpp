#pragma once

#include "core/name.hpp"

#include <string_view>

namespace hourkey::server {

/// A name that an option gives; the error is about the option.
template <class Name>
[[nodiscard]] result<Name> read_name(std::string_view option, std::string_view text) {
    auto name = Name::parse(text);
    if (!name) return not_a_name(option);
    return name;
}

}  // namespace hourkey::server
