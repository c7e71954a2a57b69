#include "emulator/form.hpp"

#include "core/encoding.hpp"
#include "emulator/text.hpp"

#include <algorithm>

namespace hourkey::emulator {
namespace {

result<std::string> decoded(std::string_view text) {
    std::string spaced(text);
    std::ranges::replace(spaced, '+', ' ');
    return percent_decoded(spaced);
}

}  // namespace

result<form> form::parse(std::string_view text) {
    form made;
    HK_CHECK(made.add(text));
    return made;
}

result<> form::add(std::string_view text) {
    while (!text.empty()) {
        auto value = take_until(text, '&');
        if (value.empty()) continue;
        const auto name = take_until(value, '=');
        HK_TRY(auto name_text, decoded(name));
        HK_TRY(auto value_text, decoded(value));
        fields_.emplace_back(std::move(name_text), std::move(value_text));
    }
    return {};
}

std::optional<std::string_view> form::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(fields_, name, [](const auto& f) -> std::string_view { return f.first; });
    if (found == fields_.end()) return std::nullopt;
    return found->second;
}

std::vector<std::string> form::list(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [key, value] : fields_) {
        const bool is_plain = key == name;
        const bool is_member = key.size() > name.size() + 1 && key.starts_with(name) && key[name.size()] == '.' &&
                               std::ranges::all_of(std::string_view(key).substr(name.size() + 1), is_digit);
        if (is_plain || is_member) values.push_back(value);
    }
    return values;
}

}  // namespace hourkey::emulator
