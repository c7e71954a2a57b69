#include "core/time_text.hpp"

#include <array>

namespace hourkey {
namespace {

using namespace std::chrono;

struct civil {
    int year;
    unsigned month, day, weekday;
    int hour, minute, second;
};

civil to_civil(wall_time t) {
    const auto seconds_since = floor<seconds>(t);
    const auto day_start = floor<days>(seconds_since);
    const year_month_day ymd{day_start};
    const hh_mm_ss<seconds> hms{seconds_since - day_start};
    return {static_cast<int>(ymd.year()),           static_cast<unsigned>(ymd.month()),
            static_cast<unsigned>(ymd.day()),       weekday{day_start}.c_encoding(),
            static_cast<int>(hms.hours().count()),  static_cast<int>(hms.minutes().count()),
            static_cast<int>(hms.seconds().count())};
}

/// Decimal with leading zeros, without printf: a vend writes three times.
void append_digits(std::string& out, int value, int width) {
    std::array<char, 4> digits{};
    for (int i = width; i-- > 0; value /= 10) digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
    out.append(digits.data(), static_cast<std::size_t>(width));
}

void append_time_of_day(std::string& out, const civil& c, std::string_view separator) {
    append_digits(out, c.hour, 2);
    out.append(separator);
    append_digits(out, c.minute, 2);
    out.append(separator);
    append_digits(out, c.second, 2);
}

void append_date(std::string& out, const civil& c, std::string_view separator) {
    append_digits(out, c.year, 4);
    out.append(separator);
    append_digits(out, static_cast<int>(c.month), 2);
    out.append(separator);
    append_digits(out, static_cast<int>(c.day), 2);
}

/// Exactly `digits` decimal digits at `at`.
std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t digits) {
    if (at + digits > text.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = at; i < at + digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

std::optional<wall_time> from_civil(std::optional<int> y, std::optional<int> mo, std::optional<int> d,
                                    std::optional<int> h, std::optional<int> mi, std::optional<int> s) {
    if (!y || !mo || !d || !h || !mi || !s) return std::nullopt;
    const year_month_day ymd{year{*y}, month{static_cast<unsigned>(*mo)}, day{static_cast<unsigned>(*d)}};
    // The nanosecond clock ends in 2262; STS never means a date before 1970.
    if (!ymd.ok() || *y < 1970 || *y > 2261 || *h > 23 || *mi > 59 || *s > 59) return std::nullopt;
    return wall_time{sys_days{ymd}} + hours{*h} + minutes{*mi} + seconds{*s};
}

constexpr std::array<const char*, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// ISO 8601, with marks or, in its basic form, without.
std::string to_iso8601(wall_time t, std::string_view in_date, std::string_view in_time) {
    const auto c = to_civil(t);
    std::string out;
    out.reserve(20);
    append_date(out, c, in_date);
    out += 'T';
    append_time_of_day(out, c, in_time);
    out += 'Z';
    return out;
}

}  // namespace

std::string to_rfc3339(wall_time t) { return to_iso8601(t, "-", ":"); }
std::string to_amz_date(wall_time t) { return to_iso8601(t, "", ""); }

std::string to_http_date(wall_time t) {
    const auto c = to_civil(t);
    std::string out(weekdays[c.weekday]);
    out += ", ";
    append_digits(out, static_cast<int>(c.day), 2);
    out.append(" ").append(months[c.month - 1]).append(" ");
    append_digits(out, c.year, 4);
    out += ' ';
    append_time_of_day(out, c, ":");
    out += " GMT";
    return out;
}

result<wall_time> parse_rfc3339(std::string_view text) {
    const auto bad = [] {
        return failure(errc::invalid_request, "a time is not RFC 3339", "Write it as 2026-11-22T02:59:40Z.");
    };
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') ||
        text[13] != ':' || text[16] != ':')
        return bad();
    auto t = from_civil(number_at(text, 0, 4), number_at(text, 5, 2), number_at(text, 8, 2), number_at(text, 11, 2),
                        number_at(text, 14, 2), number_at(text, 17, 2));
    if (!t) return bad();
    std::size_t at = 19;
    if (text[at] == '.') {
        long fraction = 0;
        std::size_t digits = 0;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++digits) {
            if (digits == 9) return bad();
            fraction = fraction * 10 + (text[at] - '0');
        }
        if (digits == 0) return bad();
        for (; digits < 9; ++digits) fraction *= 10;
        *t += nanoseconds{fraction};
    }
    const auto zone = text.substr(at);
    if (zone == "Z" || zone == "z") return *t;
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return bad();
    const auto h = number_at(zone, 1, 2), m = number_at(zone, 4, 2);
    if (!h || !m || *h > 23 || *m > 59) return bad();
    const auto offset = hours{*h} + minutes{*m};
    return zone[0] == '+' ? *t - offset : *t + offset;
}

result<wall_time> parse_amz_date(std::string_view text) {
    if (text.size() == 16 && text[8] == 'T' && text[15] == 'Z') {
        if (const auto t = from_civil(number_at(text, 0, 4), number_at(text, 4, 2), number_at(text, 6, 2),
                                      number_at(text, 9, 2), number_at(text, 11, 2), number_at(text, 13, 2)))
            return *t;
    }
    return failure(errc::invalid_request, "X-Amz-Date is not YYYYMMDDTHHMMSSZ");
}

std::optional<wall_time> parse_http_date(std::string_view text) {
    // "Sun, 06 Nov 1994 08:49:37 GMT"
    if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT" || text[7] != ' ' ||
        text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':')
        return std::nullopt;
    for (std::size_t m = 0; m < months.size(); ++m)
        if (text.substr(8, 3) == months[m])
            return from_civil(number_at(text, 12, 4), static_cast<int>(m + 1), number_at(text, 5, 2),
                              number_at(text, 17, 2), number_at(text, 20, 2), number_at(text, 23, 2));
    return std::nullopt;
}

}  // namespace hourkey
