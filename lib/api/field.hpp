#pragma once

#include "core/failure.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace hourkey::api {

/// What a text may be. The pattern is for who reads the document; `check` is what decides, and knows a better error.
struct form {
    std::string_view pattern{};
    std::span<const std::string_view> values{};  ///< a closed list, when there is one
    std::size_t most_bytes = 0;                  ///< 0: no bound of its own
    result<> (*check)(std::string_view field, std::string_view text) = nullptr;
};

/// All that is said of a field. Whether it must be there says its type: one that may be absent is a std::optional.
struct field {
    std::string_view name;
    std::string_view meaning;
    form of{};                                                     ///< of a text
    std::int64_t least = std::numeric_limits<std::int64_t>::min(); ///< of a number, and of seconds
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    /// Of a number whose bounds somebody else decides, with a better error: it is read when it is none of the bounds'
    /// too, as far as `any_number`.
    bool is_judged_later = false;
};

inline constexpr std::int64_t any_number = 1'000'000'000;

}  // namespace hourkey::api
