#include "server/foundation/public_url.hpp"

#include "http/url.hpp"

namespace hourkey::server {
namespace {

std::string text_of(const http::url& u) { return "https://" + u.host_field(); }

}  // namespace

result<std::string> public_url_of(const config& c) {
    if (c.listen.public_url.empty()) return std::string();
    const auto parsed = http::parse_server_url(c.listen.public_url);
    const auto refuse = [](std::string_view what) {
        return failure(errc::invalid_configuration, "listen.public_url " + std::string(what) + ".",
                       "Write the address by which clients reach this server: https://hourkey.example.com or "
                       "https://hourkey.example.com:8443.");
    };
    if (!parsed) return refuse(parsed.error().text());
    if (!parsed->secure) return refuse("is no https:// address");
    return text_of(*parsed);
}

std::string own_url(const std::string& address, std::uint16_t port) {
    const http::url own{.secure = true,
                        .has_port = port != 443,
                        .host = address == "0.0.0.0" ? "127.0.0.1"
                                : address == "::"    ? "::1"
                                                     : address,
                        .port = port,
                        .target = {}};
    return text_of(own);
}

}  // namespace hourkey::server
