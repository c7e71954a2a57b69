#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace hourkey::store {

/// A table's columns as a join names them: "c.id, c.name" for "id, name" of `c`.
[[nodiscard]] inline std::string columns_of(std::string_view alias, std::string_view columns) {
    constexpr std::string_view comma = ", ";
    std::string out;
    for (;;) {
        const auto end = std::min(columns.find(comma), columns.size());
        out.append(alias).append(".").append(columns.substr(0, end));
        if (end == columns.size()) return out;
        out.append(comma);
        columns.remove_prefix(end + comma.size());
    }
}

}  // namespace hourkey::store
