#pragma once

#include <string_view>
#include <vector>

namespace hourkey::server {

/// A configured text that holds several values, separated by commas; blanks around them do not count. Views of `text`.
[[nodiscard]] inline std::vector<std::string_view> list_value(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const auto comma = text.find(',');
        auto one = text.substr(0, comma);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
        while (one.starts_with(' ')) one.remove_prefix(1);
        while (one.ends_with(' ')) one.remove_suffix(1);
        if (!one.empty()) out.push_back(one);
    }
    return out;
}

}  // namespace hourkey::server
