#include "command/option_text.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace hourkey::command {
namespace {

/// Empty: none worth a word.
std::string default_of(const option& o) {
    return std::visit(
        [](const auto* target) -> std::string {
            using value_type = std::remove_cv_t<std::remove_pointer_t<decltype(target)>>;
            if constexpr (std::is_same_v<value_type, std::string>) {
                return *target;
            } else if constexpr (std::is_integral_v<value_type> && !std::is_same_v<value_type, bool>) {
                return std::to_string(*target);
            } else {
                return {};
            }
        },
        o.target);
}

bool is_bounded(const number_range& range) { return range.most < std::numeric_limits<std::int64_t>::max(); }

class notes {
public:
    void add(const std::string& note) { text_ += (text_.empty() ? "" : "; ") + note; }
    [[nodiscard]] std::string in_parentheses() const { return text_.empty() ? text_ : " (" + text_ + ")"; }

private:
    std::string text_;
};

std::string joined(std::span<const std::string> words, std::string_view last_gap) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? last_gap : ", ";
        out += words[i];
    }
    return out;
}

}  // namespace

std::string syntax_of(const option& o) {
    if (is_positional(o)) return o.name + (is_repeatable(o) ? "..." : "");
    return is_flag(o) ? o.name : o.name + " " + o.value;
}

std::string description_of(const option& o) {
    notes more;
    if (!o.choices.empty()) more.add(either_of(o.choices));
    if (o.range && is_bounded(*o.range)) more.add(text_of(*o.range));
    if (o.is_required && !is_positional(o)) more.add("required");
    if (is_repeatable(o) && !is_positional(o)) more.add("may be repeated");
    if (!o.needs.empty()) more.add("only with " + joined(o.needs, " and "));
    if (!o.excludes.empty()) more.add("not with " + either_of(o.excludes));
    if (!o.is_required)
        if (const auto value = default_of(o); !value.empty()) more.add("default: " + value);
    if (!o.environment.empty()) more.add("or the environment's " + o.environment);
    return o.text + more.in_parentheses();
}

std::string usage_of(const program& of, const spec& c) {
    auto line = full_name(of, c.path);
    std::string positionals;
    auto has_more = false;
    for (const auto& o : c.options) {
        if (is_positional(o)) {
            positionals += " " + (o.is_required ? syntax_of(o) : "[" + syntax_of(o) + "]");
        } else if (o.is_required) {
            line += " " + syntax_of(o);
        } else {
            has_more = true;
        }
    }
    return line + (has_more ? " [OPTION...]" : "") + positionals;
}

std::string either_of(std::span<const std::string> words) { return joined(words, " or "); }

std::string text_of(const number_range& range) {
    const auto from = "from " + std::to_string(range.least);
    return is_bounded(range) ? from + " to " + std::to_string(range.most) : from;
}

}  // namespace hourkey::command
