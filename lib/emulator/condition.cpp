#include "emulator/condition.hpp"

#include "core/number.hpp"
#include "core/time_text.hpp"
#include "emulator/arn_text.hpp"
#include "emulator/condition_key.hpp"
#include "emulator/ip_range.hpp"
#include "emulator/text.hpp"

#include <algorithm>
#include <array>

namespace hourkey::emulator {
namespace {

using enum condition::comparison;
using enum condition::relation;

struct operator_row {
    std::string_view name;
    condition::comparison compares;
    condition::relation wants;
    bool is_negated;
};

constexpr std::array operators{
    operator_row{"StringEquals", string, equal, false},
    operator_row{"StringNotEquals", string, equal, true},
    operator_row{"StringEqualsIgnoreCase", string_without_case, equal, false},
    operator_row{"StringNotEqualsIgnoreCase", string_without_case, equal, true},
    operator_row{"StringLike", string_like, equal, false},
    operator_row{"StringNotLike", string_like, equal, true},
    operator_row{"NumericEquals", numeric, equal, false},
    operator_row{"NumericNotEquals", numeric, equal, true},
    operator_row{"NumericLessThan", numeric, less, false},
    operator_row{"NumericLessThanEquals", numeric, less_or_equal, false},
    operator_row{"NumericGreaterThan", numeric, greater, false},
    operator_row{"NumericGreaterThanEquals", numeric, greater_or_equal, false},
    operator_row{"DateEquals", date, equal, false},
    operator_row{"DateNotEquals", date, equal, true},
    operator_row{"DateLessThan", date, less, false},
    operator_row{"DateLessThanEquals", date, less_or_equal, false},
    operator_row{"DateGreaterThan", date, greater, false},
    operator_row{"DateGreaterThanEquals", date, greater_or_equal, false},
    operator_row{"Bool", boolean, equal, false},
    operator_row{"IpAddress", ip_address, equal, false},
    operator_row{"NotIpAddress", ip_address, equal, true},
    operator_row{"ArnEquals", arn, equal, false},
    operator_row{"ArnLike", arn, equal, false},  // AWS: the two behave identically
    operator_row{"ArnNotEquals", arn, equal, true},
    operator_row{"ArnNotLike", arn, equal, true},
    operator_row{"Null", is_null, equal, false},
};

bool take_prefix(std::string_view& text, std::string_view prefix) noexcept {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix) noexcept {
    if (!text.ends_with(suffix)) return false;
    text.remove_suffix(suffix.size());
    return true;
}

struct written_operator {
    std::string_view name;  ///< what it compares by
    condition::quantifier over = condition::quantifier::none;
    bool if_exists = false;
};

written_operator split_operator(std::string_view text) noexcept {
    written_operator w;
    if (take_prefix(text, "ForAnyValue:"))
        w.over = condition::quantifier::for_any;
    else if (take_prefix(text, "ForAllValues:"))
        w.over = condition::quantifier::for_all;
    w.if_exists = take_suffix(text, "IfExists");
    w.name = text;
    return w;
}

/// nullptr: none that is evaluated. Null asks whether a key exists, and goes with neither quantifier nor IfExists.
const operator_row* find_operator(const written_operator& w) noexcept {
    const auto found = std::ranges::find(operators, w.name, &operator_row::name);
    if (found == operators.end()) return nullptr;
    const bool is_plain = !w.if_exists && w.over == condition::quantifier::none;
    return found->compares == is_null && !is_plain ? nullptr : &*found;
}

/// RFC 3339, a date alone, or seconds of the epoch.
std::optional<double> seconds_of(std::string_view text) {
    if (const auto epoch = parse_number<double>(text)) return epoch;
    const auto whole = text.size() == 10 ? parse_rfc3339(std::string(text) + "T00:00:00Z") : parse_rfc3339(text);
    if (!whole) return std::nullopt;
    return std::chrono::duration<double>(whole->time_since_epoch()).count();
}

bool is_true_or_false(std::string_view text) noexcept {
    return equal_without_case(text, "true") || equal_without_case(text, "false");
}

bool is_value_of(condition::comparison type, std::string_view value) {
    switch (type) {
        case numeric: return parse_number<double>(value).has_value();
        case date: return seconds_of(value).has_value();
        case boolean:
        case is_null: return is_true_or_false(value);
        case ip_address: return parse_ip_range(value).has_value();
        case arn: return !split_arn(value).resource.empty();
        default: return true;
    }
}

std::string_view wanted_value(condition::comparison type) noexcept {
    switch (type) {
        case numeric: return "is not a number";
        case date: return "is not a date: write it like 2026-01-31T12:00:00Z";
        case ip_address: return "is not an address or a range like 203.0.113.0/24";
        case arn: return "is not an ARN of six parts; wildcards may stand within one";
        default: return "is neither true nor false";
    }
}

bool is_related(condition::relation wants, double a, double b) noexcept {
    switch (wants) {
        case less: return a < b;
        case less_or_equal: return a <= b;
        case greater: return a > b;
        case greater_or_equal: return a >= b;
        default: return a == b;
    }
}

bool are_related(condition::relation wants, const std::optional<double>& given,
                 const std::optional<double>& wanted) noexcept {
    return given && wanted && is_related(wants, *given, *wanted);
}

/// ARNs compare field by field, so a wildcard does not reach beyond a colon, but for the last field.
bool arn_fits(std::string_view pattern, std::string_view text) noexcept {
    const auto wanted = split_arn(pattern), given = split_arn(text);
    return !wanted.resource.empty() && fits(wanted.partition, given.partition) && fits(wanted.service, given.service) &&
           fits(wanted.region, given.region) && fits(wanted.account, given.account) &&
           fits(wanted.resource, given.resource);
}

bool matches(const condition& c, std::string_view given, std::string_view wanted) {
    switch (c.compares) {
        case string: return given == wanted;
        case string_without_case:
        case boolean: return equal_without_case(given, wanted);
        case string_like: return fits(wanted, given);
        case numeric: return are_related(c.wants, parse_number<double>(given), parse_number<double>(wanted));
        case date: return are_related(c.wants, seconds_of(given), seconds_of(wanted));
        case ip_address: return is_within(given, wanted);
        case arn: return arn_fits(wanted, given);
        default: return false;
    }
}

/// Negation is over all of the policy's values: a value that differs from each.
bool meets(const condition& c, std::string_view given) {
    return std::ranges::any_of(c.values, [&](const auto& wanted) { return matches(c, given, wanted); }) != c.is_negated;
}

}  // namespace

void condition_context::set(std::string_view key, std::string value) { set_all(key, {std::move(value)}); }

void condition_context::set_all(std::string_view key, std::vector<std::string> values) {
    if (!values.empty()) values_.insert_or_assign(lowered(key), std::move(values));
}

const std::vector<std::string>* condition_context::find(std::string_view key) const {
    const auto found = values_.find(lowered(key));
    return found == values_.end() ? nullptr : &found->second;
}

bool is_condition_operator(std::string_view name) noexcept {
    const auto written = split_operator(name);
    return written.name == "BinaryEquals" || find_operator(written) != nullptr;
}

bool compares_dates(std::string_view operator_name) noexcept {
    const auto* const found = find_operator(split_operator(operator_name));
    return found != nullptr && found->compares == date;
}

result<condition> make_condition(std::string_view operator_name, std::string_view key,
                                 std::vector<std::string> values) {
    const auto written = split_operator(operator_name);
    const auto* const found = find_operator(written);
    if (found == nullptr)
        return invalid_field(
            "Condition", "has the operator " + std::string(operator_name) + ", which is none that is evaluated here");
    condition c;
    c.over = written.over;
    c.if_exists = written.if_exists;
    c.compares = found->compares;
    c.wants = found->wants;
    c.is_negated = found->is_negated;
    HK_TRY(const auto is_multivalued, find_condition_key(key));
    // AWS leaves open what such a condition compares.
    if (is_multivalued && c.over == condition::quantifier::none && c.compares != is_null)
        return invalid_field("Condition", "compares " + std::string(key) +
                                              ", which has many values, without ForAnyValue: or ForAllValues:");
    if (values.empty()) return invalid_field("Condition", "has no value for " + std::string(key));
    for (const auto& value : values) {
        if (value.find("${") != std::string::npos)
            return invalid_field("Condition",
                                 "has the policy variable " + value + ": variables are not evaluated here");
        if (!is_value_of(c.compares, value))
            return invalid_field("Condition",
                                 "has the value " + value + ", which " + std::string(wanted_value(c.compares)));
    }
    c.key = key;
    c.values = std::move(values);
    return c;
}

bool holds(const condition& c, const condition_context& request) {
    const auto* const given = request.find(c.key);
    if (c.compares == is_null) {
        const bool is_absent = given == nullptr;
        return std::ranges::any_of(c.values,
                                   [&](const auto& wanted) { return equal_without_case(wanted, "true") == is_absent; });
    }
    if (given == nullptr) {
        if (c.if_exists || c.over == condition::quantifier::for_all) return true;
        return c.over == condition::quantifier::none && c.is_negated;
    }
    const auto one_meets = [&](const auto& value) { return meets(c, value); };
    return c.over == condition::quantifier::for_all ? std::ranges::all_of(*given, one_meets)
                                                    : std::ranges::any_of(*given, one_meets);
}

bool fits(std::string_view pattern, std::string_view text) noexcept {
    std::size_t at = 0, of = 0, star = std::string_view::npos, taken = 0;
    while (of < text.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            taken = of;
        } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == text[of])) {
            ++at, ++of;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            of = ++taken;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace hourkey::emulator
