#include "core/ip_address.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace hourkey;

TEST_CASE("Loopback is an address of it, and as a host its name too") {
    struct row {
        std::string_view text;
        bool is_address, is_host;
    };
    for (const auto& r :
         {row{"127.0.0.1", true, true}, row{"127.9.9.9", true, true}, row{"::1", true, true},
          row{"::ffff:127.0.0.1", true, true}, row{"localhost", false, true}, row{"0.0.0.0", false, false},
          row{"::", false, false}, row{"10.0.0.1", false, false}, row{"::2", false, false},
          row{"127.0.0.1:80", false, false}, row{"localhost.example.com", false, false}, row{"", false, false}}) {
        CAPTURE(r.text);
        const auto address = parse_address(r.text);
        CHECK((address && is_loopback(*address)) == r.is_address);
        CHECK(is_loopback_host(r.text) == r.is_host);
    }
}
