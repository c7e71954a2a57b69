#include "emulator/violations.hpp"

#include "emulator/code_point.hpp"

namespace hourkey::emulator {

void violations::add_text(std::string_view parameter, const std::string& shown, std::string_view rule) {
    if (count_++ != 0) text_ += "; ";
    text_.append("Value ")
        .append(shown)
        .append(" at '")
        .append(parameter)
        .append("' failed to satisfy constraint: ")
        .append(rule);
}

void violations::add(std::string_view parameter, std::string_view value, std::string_view rule) {
    add_text(parameter, "'" + std::string(value) + "'", rule);
}

void violations::add_null(std::string_view parameter) { add_text(parameter, "null", "Member must not be null"); }

void violations::check_length(std::string_view parameter, std::string_view value, std::size_t size, std::size_t least,
                              std::size_t most) {
    if (size < least)
        add(parameter, value, "Member must have length greater than or equal to " + std::to_string(least));
    if (size > most) add(parameter, value, "Member must have length less than or equal to " + std::to_string(most));
}

void violations::check(std::string_view parameter, std::string_view value, const text_rule& rule) {
    check_length(parameter, value, characters(value), rule.least, rule.most);
    if (rule.has == nullptr) return;
    for (auto rest = value; !rest.empty();) {
        const auto c = take_code_point(rest);
        if (c && rule.has(*c)) continue;
        add(parameter, value, "Member must satisfy regular expression pattern: " + std::string(rule.pattern));
        return;
    }
}

void violations::check_required(std::string_view parameter, const std::optional<std::string_view>& value,
                                const text_rule& rule) {
    if (value) {
        check(parameter, *value, rule);
    } else {
        add_null(parameter);
    }
}

outcome<> violations::raise() const {
    if (count_ == 0) return {};
    return validation_error(std::to_string(count_) +
                            (count_ == 1 ? " validation error detected: " : " validation errors detected: ") + text_);
}

std::size_t characters(std::string_view utf8) noexcept {
    std::size_t count = 0;
    while (!utf8.empty()) {
        static_cast<void>(take_code_point(utf8));
        ++count;
    }
    return count;
}

}  // namespace hourkey::emulator
