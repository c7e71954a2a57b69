#include "client/base_url.hpp"

#include "core/ip_address.hpp"

#include <string>

namespace hourkey::client {

result<http::url> parse_base_url(std::string_view text) {
    auto out = http::parse_server_url(text);
    if (out && !out->secure && !is_loopback_host(out->host))
        out = http::bad_url("begins with http://, over which anybody could read the token and the credentials");
    if (!out)
        return failure(errc::invalid_configuration, "The server's URL " + out.error().message + ".",
                       "Write https://host or https://host:port.");
    return out;
}

}  // namespace hourkey::client
