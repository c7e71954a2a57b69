#include "credentials/expiration_text.hpp"

#include "core/time_text.hpp"

#include <algorithm>
#include <string>

namespace hourkey::credentials {

result<wall_time> parse_expiration(std::string_view text) {
    constexpr std::size_t date_size = 10;           // 2026-11-22
    constexpr std::size_t date_and_time_size = 19;  // 2026-11-22T02:59:40
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    const auto zone_at =
        std::min(text.find_first_not_of("0123456789.", std::min(date_and_time_size, text.size())), text.size());
    std::string moment(text.substr(0, zone_at));
    if (moment.size() > date_size && moment[date_size] == ' ') moment[date_size] = 'T';
    std::string zone(text.substr(zone_at));
    if (zone.starts_with(' ')) zone.erase(0, 1);
    if (zone == "UTC" || zone == "GMT") zone = "Z";
    if (zone.starts_with('+') || zone.starts_with('-')) {
        if (zone.size() == 3) zone += "00";
        if (zone.size() == 5) zone.insert(3, ":");
    }
    return parse_rfc3339(moment + zone);
}

}  // namespace hourkey::credentials
