#include "client/base_url.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace hourkey;

TEST_CASE("A server's URL is a host and perhaps a port") {
    struct row {
        std::string_view text, host, field;
        std::uint16_t port;
    };
    for (const auto& r :
         {row{"https://hourkey.example.com", "hourkey.example.com", "hourkey.example.com", 443},
          row{"https://hourkey.example.com/", "hourkey.example.com", "hourkey.example.com", 443},
          row{"https://hourkey.example.com:8443", "hourkey.example.com", "hourkey.example.com:8443", 8443},
          row{"https://192.0.2.1:443/", "192.0.2.1", "192.0.2.1", 443},
          row{"https://[2001:db8::1]:8443", "2001:db8::1", "[2001:db8::1]:8443", 8443},
          row{"http://127.0.0.1:8080", "127.0.0.1", "127.0.0.1:8080", 8080},
          row{"http://127.9.9.9", "127.9.9.9", "127.9.9.9", 80},
          row{"http://localhost:8080", "localhost", "localhost:8080", 8080},
          row{"http://[::1]:8080", "::1", "[::1]:8080", 8080}}) {
        CAPTURE(r.text);
        const auto got = client::parse_base_url(r.text);
        REQUIRE(got.has_value());
        CHECK(got->host == r.host);
        CHECK(got->port == r.port);
        CHECK(got->host_field() == r.field);
        CHECK(got->secure == r.text.starts_with("https"));
    }
}

TEST_CASE("What is no such URL is refused, above all plain HTTP over a network") {
    struct row {
        std::string_view text, about;
    };
    for (const auto& r : {row{"", "is no https:// address"},
                          row{"hourkey.example.com", "is no https:// address"},
                          row{"ftp://a", "is no https:// address"},
                          row{"https://", "has no valid host"},
                          row{"https://a b", "has no valid host"},
                          row{"https://a:0", "has no valid port"},
                          row{"https://a:", "has no valid port"},
                          row{"https://a:65536", "has no valid port"},
                          row{"https://a:1x", "has no valid port"},
                          row{"https://[::1", "opens a bracket"},
                          row{"https://[nowhere]", "has no IPv6 address"},
                          row{"https://[::1]8", "has no valid port"},
                          row{"https://a/v1", "only host and port are allowed"},
                          row{"https://a?b", "only host and port are allowed"},
                          row{"https://a#b", "only host and port are allowed"},
                          row{"https://user@a", "only host and port are allowed"},
                          row{"https://good.example\\@evil", "only host and port are allowed"},
                          row{"http://192.0.2.1", "anybody could read"},
                          row{"http://hourkey.example.com", "anybody could read"},
                          row{"http://[::]:80", "anybody could read"},
                          row{"http://localhost.example.com", "anybody could read"}}) {
        CAPTURE(r.text);
        const auto got = client::parse_base_url(r.text);
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().code == errc::invalid_configuration);
        CHECK(got.error().text().find(r.about) != std::string_view::npos);
    }
}
