#include "client/base_url.hpp"

#include "core/ip_address.hpp"

#include <algorithm>
#include <charconv>

namespace hourkey::client {
namespace {

constexpr std::string_view https = "https://", http = "http://";

failure bad_url(std::string_view what) {
    return failure(errc::invalid_configuration, "The server's URL " + std::string(what) + ".",
                   "Write https://host or https://host:port.");
}

bool is_host_name(std::string_view host) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, fits);
}

/// ::1, or 127.0.0.0/8 in either notation.
bool is_loopback(std::string_view host) {
    if (host == "localhost") return true;
    const auto address = parse_address(host);
    if (!address) return false;
    if (is_v4(*address)) return (*address)[mapped_bytes] == 127;
    return to_text(*address) == "::1";
}

result<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (wrong != std::errc{} || end != text.data() + text.size() || port == 0) return bad_url("has no valid port");
    return port;
}

/// `host` or `[v6]` in front; the rest is empty or begins with a colon.
result<std::string_view> take_host(std::string_view& rest) {
    const bool in_brackets = rest.starts_with('[');
    const auto end = in_brackets ? rest.find(']') : rest.find(':');
    if (in_brackets && end == std::string_view::npos) return bad_url("has an opening bracket without its end");
    const auto host = in_brackets ? rest.substr(1, end - 1) : rest.substr(0, end);
    rest.remove_prefix(in_brackets ? end + 1 : host.size());
    const bool is_good =
        in_brackets ? host.find(':') != std::string_view::npos && parse_address(host).has_value() : is_host_name(host);
    if (!is_good) return bad_url("has no valid host");
    return host;
}

}  // namespace

std::string base_url::host_field() const {
    auto out = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != (secure ? 443 : 80)) out.append(":").append(std::to_string(port));
    return out;
}

result<base_url> parse_base_url(std::string_view text) {
    base_url out;
    out.secure = text.starts_with(https);
    if (!out.secure && !text.starts_with(http)) return bad_url("does not begin with https://");
    text.remove_prefix(out.secure ? https.size() : http.size());
    if (text.ends_with('/')) text.remove_suffix(1);
    if (text.find_first_of("/?#@\\") != std::string_view::npos) return bad_url("has more than a host and a port");
    HK_TRY(out.host, take_host(text));
    out.port = out.secure ? 443 : 80;
    if (text.starts_with(':')) {
        HK_TRY(out.port, parse_port(text.substr(1)));
    } else if (!text.empty()) {
        return bad_url("has more than a host and a port");
    }
    if (!out.secure && !is_loopback(out.host))
        return bad_url("begins with http://, over which anybody could read the token and the credentials");
    return out;
}

}  // namespace hourkey::client
