#include "emulator/policy_date.hpp"

#include "core/number.hpp"
#include "emulator/text.hpp"

#include <algorithm>
#include <cstdint>

namespace hourkey::emulator {
namespace {

bool is_number_within(std::string_view text, std::int64_t least, std::int64_t most) noexcept {
    if (!std::ranges::all_of(text, is_digit)) return false;
    const auto number = parse_number<std::int64_t>(text);
    return number && *number >= least && *number <= most;
}

/// `YYYY[-MM[-DD]]`; IAM takes any year that Java's dates have, also one before our era.
bool is_day(std::string_view text) noexcept {
    if (text.starts_with('-')) text.remove_prefix(1);
    const bool has_month = text.find('-') != std::string_view::npos;
    if (!is_number_within(take_until(text, '-'), 0, 292'278'993)) return false;
    if (!has_month) return true;
    const bool has_day = text.find('-') != std::string_view::npos;
    if (!is_number_within(take_until(text, '-'), 1, 12)) return false;
    return !has_day || is_number_within(text, 1, 31);
}

/// What follows the sign: `HH[:MM]`, of two digits each.
bool is_offset(std::string_view text) noexcept {
    const bool has_minutes = text.find(':') != std::string_view::npos;
    const auto hours = take_until(text, ':');
    if (hours.size() != 2 || !is_number_within(hours, 0, 23)) return false;
    return !has_minutes || (text.size() == 2 && is_number_within(text, 0, 59));
}

bool is_zone(std::string_view text) noexcept {
    if (text.empty() || text == "z" || text == "Z") return true;
    return text.front() != 'z' && text.front() != 'Z' && is_offset(text.substr(1));
}

bool is_second(std::string_view text) noexcept {
    const bool has_fraction = text.find('.') != std::string_view::npos;
    if (!is_number_within(take_until(text, '.'), 0, 59)) return false;
    return !has_fraction || is_number_within(text, 0, 999'999'999);
}

/// `HH[:MM[:SS[.fraction]]][zone]`.
bool is_time(std::string_view text) noexcept {
    const auto end = std::min(text.find_first_of("zZ+-"), text.size());
    if (!is_zone(text.substr(end))) return false;
    text = text.substr(0, end);
    const bool has_minute = text.find(':') != std::string_view::npos;
    if (!is_number_within(take_until(text, ':'), 0, 23)) return false;
    if (!has_minute) return true;
    const bool has_second = text.find(':') != std::string_view::npos;
    if (!is_number_within(take_until(text, ':'), 0, 59)) return false;
    return !has_second || is_second(text);
}

}  // namespace

bool is_policy_date(std::string_view text) noexcept {
    if (text.find_first_of("tT-") == std::string_view::npos) return is_number_within(text, 0, INT64_MAX);
    const auto mark = std::min(text.find_first_of("tT"), text.size());
    if (!is_day(text.substr(0, mark))) return false;
    const auto time = text.substr(std::min(mark + 1, text.size()));
    return time.empty() || is_time(time);
}

}  // namespace hourkey::emulator
