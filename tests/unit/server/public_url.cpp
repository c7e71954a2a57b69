#include "server/foundation/public_url.hpp"

#include "support/results.hpp"

#include <doctest/doctest.h>

namespace hourkey::server {
namespace {

using test::must;

result<std::string> shown(const std::string& text) {
    config c;
    c.listen.public_url = text;
    return public_url_of(c);
}

}  // namespace

TEST_CASE("The public URL is shown as host and port alone") {
    CHECK(must(shown("")).empty());
    CHECK(must(shown("https://hourkey.example.com")) == "https://hourkey.example.com");
    CHECK(must(shown("https://hourkey.example.com/")) == "https://hourkey.example.com");
    CHECK(must(shown("https://hourkey.example.com:443")) == "https://hourkey.example.com");
    CHECK(must(shown("https://hourkey.example.com:8443/")) == "https://hourkey.example.com:8443");
    CHECK(must(shown("https://[::1]:8443")) == "https://[::1]:8443");
}

TEST_CASE("What no client could be given is no public URL") {
    for (const std::string wrong :
         {"hourkey.example.com", "http://hourkey.example.com", "https://", "https://a/b", "https://a?b",
          "https://user:password@a", "https://a:0", "https://a:port", "https://a b", "ftp://a"}) {
        CAPTURE(wrong);
        const auto refused = shown(wrong);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == errc::invalid_configuration);
        CHECK(refused.error().message.starts_with("listen.public_url "));
        CHECK(refused.error().message.find("password") == std::string::npos);
    }
}

TEST_CASE("Without one the listener itself is shown, and loopback for all addresses") {
    CHECK(own_url("127.0.0.1", 8443) == "https://127.0.0.1:8443");
    CHECK(own_url("0.0.0.0", 443) == "https://127.0.0.1");
    CHECK(own_url("::", 8443) == "https://[::1]:8443");
    CHECK(own_url("2001:db8::7", 8443) == "https://[2001:db8::7]:8443");
}

}  // namespace hourkey::server
