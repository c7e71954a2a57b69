#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace hourkey {

/// Of a name, or of any other value with a text, that need not be there: empty when it is not.
template <class Value>
[[nodiscard]] std::string_view text_or_empty(const std::optional<Value>& value) noexcept {
    static_assert(!std::is_same_v<decltype(value->str()), std::string>, "the text would not outlive the call");
    return value ? std::string_view(value->str()) : std::string_view();
}

}  // namespace hourkey
