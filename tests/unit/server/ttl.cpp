#include "server/doors/vault/ttl.hpp"

#include <doctest/doctest.h>

#include <string_view>

namespace hourkey::server::vault {

using namespace std::chrono_literals;

TEST_CASE("A duration is read as Vault's clients write it") {
    struct row {
        std::string_view text;
        std::chrono::seconds is;
    };
    for (const auto& r : {row{"3600", 3600s}, row{"3600s", 3600s}, row{"15m", 900s}, row{"1h30m", 5400s},
                          row{"1d", 86'400s}, row{"0", 0s}, row{"0s", 0s}}) {
        CAPTURE(r.text);
        CHECK(parse_ttl(r.text) == r.is);
    }
}

TEST_CASE("What is no whole number of seconds is no duration") {
    for (const std::string_view text :
         {"", "s", "1", "-1", "1.5h", "1h ", " 1h", "1w", "h1", "1h30", "ten", "4294967296s"}) {
        CAPTURE(text);
        CHECK(parse_ttl(text).has_value() == (text == "1"));
    }
}

TEST_CASE("A duration beyond all sessions is no more than that") {
    CHECK(parse_ttl("4294967295") == std::chrono::days{3650});
    CHECK(parse_ttl("4294967295d4294967295d") == std::chrono::days{3650});
}

}  // namespace hourkey::server::vault
