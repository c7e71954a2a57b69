#include "http/url.hpp"

#include "core/ip_address.hpp"
#include "core/number.hpp"

#include <algorithm>

namespace hourkey::http {
namespace {

constexpr std::string_view host_and_port_only = "has a path, a query or a user; only host and port are allowed";

bool is_host_name(std::string_view host) noexcept {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, fits);
}

}  // namespace

failure bad_url(std::string_view what) {
    return failure(errc::invalid_configuration, std::string(what),
                   "Write https://host, https://host:port, or http://127.0.0.1:port.");
}

std::string url::host_field() const {
    auto out = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (has_port) out.append(":").append(std::to_string(port));
    return out;
}

result<url> parse_url(std::string_view text) {
    url out;
    if (text.starts_with("https://")) {
        text.remove_prefix(8);
    } else if (text.starts_with("http://")) {
        text.remove_prefix(7);
        out.secure = false;
        out.port = 80;
    } else {
        return bad_url("is no https:// address");
    }
    const auto authority_end = std::min(text.find_first_of("/?#"), text.size());
    out.target = text.substr(authority_end);
    text = text.substr(0, authority_end);
    if (text.find('@') != std::string_view::npos || out.target.find('#') != std::string::npos)
        return bad_url(host_and_port_only);
    if (!std::ranges::all_of(out.target, [](char c) { return c >= 0x21 && c <= 0x7E; }))
        return bad_url("has a character that no URL has");
    if (out.target.starts_with('?')) out.target.insert(0, "/");
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return bad_url("opens a bracket and does not close it");
        out.host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
        if (out.host.find(':') == std::string::npos || !parse_address(out.host))
            return bad_url("has no IPv6 address between its brackets");
    } else {
        const auto end = std::min(text.find(':'), text.size());
        out.host = text.substr(0, end);
        rest = text.substr(end);
        if (!is_host_name(out.host)) return bad_url("has no valid host");
    }
    if (rest.empty()) return out;
    const auto default_port = out.port;
    out.port = parse_number<std::uint16_t>(rest.substr(1)).value_or(0);
    if (rest.front() != ':' || out.port == 0) return bad_url("has no valid port");
    out.has_port = out.port != default_port;
    return out;
}

result<url> parse_server_url(std::string_view text) {
    auto out = parse_url(text);
    if (out && !out->target.empty() && out->target != "/") return bad_url(host_and_port_only);
    return out;
}

}  // namespace hourkey::http
