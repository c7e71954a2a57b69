#include "http/forwarded_for.hpp"

#include "core/ascii.hpp"
#include "http/token.hpp"

#include <algorithm>
#include <ranges>

namespace hourkey::http {
namespace {

bool is_port(std::string_view text) {
    constexpr std::size_t longest = 5;
    return !text.empty() && text.size() <= longest &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
std::optional<address_bytes> parse_entry(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        const auto behind = text.substr(end + 1);
        if (!behind.empty() && !(behind.front() == ':' && is_port(behind.substr(1)))) return std::nullopt;
        const auto inside = text.substr(1, end - 1);
        return inside.find(':') == std::string_view::npos ? std::nullopt : parse_address(inside);
    }
    if (std::ranges::count(text, ':') == 1) {
        const auto colon = text.find(':');
        return is_port(text.substr(colon + 1)) ? parse_address(text.substr(0, colon)) : std::nullopt;
    }
    return parse_address(text);
}

}  // namespace

std::string forwarded_client(const request& r, const std::string& from, const net::address_set& trusted) {
    auto client = from;
    for (const auto& [name, value] : r.headers | std::views::reverse) {
        if (!equal_ignoring_case(name, "X-Forwarded-For")) continue;
        for (auto left = value;;) {
            const auto comma = left.rfind(',');
            const auto address = parse_entry(comma == std::string_view::npos ? left : left.substr(comma + 1));
            if (!address) return client;
            if (!names_nobody(*address)) client = hourkey::to_text(*address);
            if (!trusted.contains(*address)) return client;
            if (comma == std::string_view::npos) break;
            left = left.substr(0, comma);
        }
    }
    return client;
}

}  // namespace hourkey::http
