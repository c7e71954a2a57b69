#include "server/foundation/proxy_settings.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace hourkey::server {
namespace {

using speaks = net::trusted_proxies::speaks;

TEST_CASE("Nobody is trusted unless the configuration names them") {
    CHECK(trusted_proxies_of(config{}).value() == nullptr);
}

TEST_CASE("Trusted proxies and their protocol are read together, and what cannot work is refused by its key") {
    struct row {
        const char *proxies, *protocol, *refused_for;  ///< null: taken
    };
    const std::vector<row> rows{{"127.0.0.1", "off", nullptr},
                                {"10.0.0.0/8, 2001:db8::/32", "v2", nullptr},
                                {"", "v2", "listen.trusted_proxies"},
                                {"balancer.example.com", "off", "listen.trusted_proxies"},
                                {"10.1.2.3/8", "off", "listen.trusted_proxies"}};
    for (const auto& r : rows) {
        CAPTURE(r.proxies);
        config c;
        c.listen.trusted_proxies = r.proxies;
        c.listen.proxy_protocol = r.protocol;
        const auto read = trusted_proxies_of(c);
        REQUIRE(read.has_value() == (r.refused_for == nullptr));
        if (read) {
            CHECK(((*read)->what == speaks::proxy_protocol_v2) == (r.protocol == std::string_view("v2")));
            CHECK((*read)->from.contains(std::string_view("127.0.0.1")) ==
                  (r.proxies == std::string_view("127.0.0.1")));
        } else {
            CHECK(read.error().message.find(r.refused_for) != std::string::npos);
            CHECK_FALSE(read.error().hint.empty());
        }
    }
}

}  // namespace
}  // namespace hourkey::server
