#include "command/targets.hpp"

#include "command/nearest.hpp"
#include "command/option_text.hpp"
#include "command/said_again.hpp"
#include "core/number.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <type_traits>

namespace hourkey::command {
namespace {

using given = std::vector<std::string>;

failure wrong(std::string what, std::string fix) {
    return failure(errc::invalid_configuration, std::move(what), std::move(fix));
}

failure wrong_value(const option& o, const std::string& value, const std::string& what, std::string fix) {
    const auto said = value_may_be_said(value) ? "'" + value + "'" : "what looks like a secret";
    return wrong(o.name + " is " + said + ", " + what + ".", std::move(fix));
}

result<> check_choice(const option& o, const std::string& value) {
    if (o.choices.empty() || std::ranges::find(o.choices, value) != o.choices.end()) return {};
    const auto meant = nearest(value, o.choices);
    return wrong_value(o, value, "which is not one of its values",
                       (meant.empty() ? "" : "Did you mean " + meant + "? ") + "Give " + either_of(o.choices) + ".");
}

result<> check_form(const option& o, const std::string& value) {
    std::error_code unseen;
    if (o.form != value_form::existing_file || std::filesystem::exists(value, unseen)) {
        if (o.form != value_form::existing_file || !std::filesystem::is_directory(value, unseen)) return {};
        return wrong_value(o, value, "which is a folder", "Name a file.");
    }
    return wrong_value(o, value, "and there is no such file", "Name one that is there and that you may read.");
}

template <class Number>
result<> put_number(const option& o, const std::string& value, Number& target) {
    using limits = std::numeric_limits<Number>;
    const auto range = o.range.value_or(number_range{0, static_cast<std::uint64_t>(limits::max())});
    const auto number = parse_number<Number>(value);
    if (!number || std::cmp_less(*number, range.least) || std::cmp_greater(*number, range.most))
        return wrong_value(o, value, "which is no whole number " + text_of(range), "Give one that is.");
    target = *number;
    return {};
}

result<> put_flag(const option& o, const std::string& value, bool& target) {
    if (value != "true" && value != "false") return wrong_value(o, value, "and takes no value", "Give it alone.");
    target = value == "true";
    return {};
}

result<> put(const option& o, const std::string& value) {
    HK_CHECK(check_choice(o, value));
    HK_CHECK(check_form(o, value));
    return std::visit(
        [&](auto* target) -> result<> {
            using value_type = std::remove_pointer_t<decltype(target)>;
            if constexpr (std::is_same_v<value_type, bool>) {
                return put_flag(o, value, *target);
            } else if constexpr (std::is_integral_v<value_type>) {
                return put_number(o, value, *target);
            } else if constexpr (std::is_same_v<value_type, std::string>) {
                *target = value;
            } else {
                target->push_back(value);
            }
            return {};
        },
        o.target);
}

/// Which options stand on the command line, by name.
class presence {
public:
    presence(const spec& c, std::span<const given> values) {
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!values[i].empty()) names_.push_back(c.options[i].name);
    }
    [[nodiscard]] bool has(const std::string& name) const { return std::ranges::find(names_, name) != names_.end(); }

private:
    std::vector<std::string> names_;
};

result<> check_company(const option& o, const presence& present) {
    if (!present.has(o.name)) {
        if (o.is_required) return wrong(o.name + " is missing.", "Give " + syntax_of(o) + ": " + o.text + ".");
        return {};
    }
    for (const auto& name : o.needs)
        if (!present.has(name))
            return wrong(o.name + " means nothing without " + name + ".",
                         "Give " + name + " too, or leave " + o.name + " out.");
    for (const auto& name : o.excludes)
        if (present.has(name)) return wrong(o.name + " and " + name + " do not go together.", "Leave one of them out.");
    return {};
}

}  // namespace

result<> fill_targets(const spec& c, std::span<const given> values) {
    const presence present(c, values);
    for (const auto& o : c.options) HK_CHECK(check_company(o, present));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto& o = c.options[i];
        if (is_repeatable(o) && !values[i].empty()) std::get<std::vector<std::string>*>(o.target)->clear();
        for (const auto& value : values[i]) HK_CHECK(put(o, value));
        if (values[i].size() > 1 && !is_repeatable(o) && !is_flag(o))
            return wrong(o.name + " is given more than once.", "Give it once.");
    }
    return {};
}

}  // namespace hourkey::command
