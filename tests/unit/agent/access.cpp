#include "agent/access.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

using namespace hourkey;

TEST_CASE("TokensAreLongRandomAndFitIntoAHeaderField") {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const auto token = agent::make_token();
        const std::string text(token.expose());
        CHECK(text.size() == 47);  // hka_ and 256 bits in base 62
        CHECK(text.starts_with("hka_"));
        CHECK(
            std::ranges::all_of(text, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }));
        seen.insert(text);
    }
    CHECK(seen.size() == 100);
}

TEST_CASE("AnAuthorizationCarriesTheTokenBareOrAsBearer") {
    const secret token("hka_Example");
    struct row {
        const char* field;
        bool good;
    };
    for (const auto& [field, good] :
         {row{"hka_Example", true}, row{"Bearer hka_Example", true}, row{"bearer hka_Example", true},
          row{"BEARER hka_Example", true}, row{"Bearer  hka_Example ", true}, row{"", false}, row{"Bearer ", false},
          row{"Bearer", false}, row{"hka_example", false}, row{"hka_Exampl", false}, row{"hka_Examplee", false},
          row{" hka_Example", false}, row{"Basic hka_Example", false}, row{"Bearerhka_Example", false},
          row{"Bearer Bearer hka_Example", false}, row{"hka_Example, hka_Example", false}}) {
        CAPTURE(field);
        CHECK(agent::carries(field, token) == good);
    }
    CHECK_FALSE(agent::carries("", secret()));
    CHECK_FALSE(agent::carries("Bearer ", secret()));
}

TEST_CASE("OnlyADoorsOwnAddressIsItsHost") {
    struct row {
        const char *host, *address;
        std::uint16_t port;
        bool own;
    };
    for (const auto& r :
         {row{"127.0.0.1:4000", "127.0.0.1", 4000, true}, row{"localhost:4000", "127.0.0.1", 4000, true},
          row{"LocalHost:4000", "127.0.0.1", 4000, true}, row{"[::1]:4000", "::1", 4000, true},
          row{"169.254.170.2", "169.254.170.2", 80, true}, row{"169.254.170.2:80", "169.254.170.2", 80, true},
          row{"[fd00:ec2::23]", "fd00:ec2::23", 80, true}, row{"localhost", "127.0.0.1", 80, true},
          row{"", "127.0.0.1", 4000, false}, row{"127.0.0.1", "127.0.0.1", 4000, false},
          row{"127.0.0.1:4001", "127.0.0.1", 4000, false}, row{"127.0.0.1:40000", "127.0.0.1", 4000, false},
          row{"127.0.0.1:04000", "127.0.0.1", 4000, false}, row{"evil.example:4000", "127.0.0.1", 4000, false},
          row{"localhost.evil.example:4000", "127.0.0.1", 4000, false},
          row{"127.0.0.1.evil.example:4000", "127.0.0.1", 4000, false},
          row{"localhost.:4000", "127.0.0.1", 4000, false}, row{"127.0.0.2:4000", "127.0.0.1", 4000, false},
          row{"169.254.170.2", "127.0.0.1", 80, false}}) {
        CAPTURE(r.host);
        CAPTURE(r.address);
        CHECK(agent::is_own_host(r.host, r.address, r.port) == r.own);
    }
}

TEST_CASE("OnlyAddressesThatNeverLeaveTheMachineAreLocal") {
    for (const auto* address : {"127.0.0.1", "127.9.9.9", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"})
        CHECK_MESSAGE(agent::is_local_address(address), address);
    for (const auto* address : {"0.0.0.0", "::", "10.0.0.1", "192.0.2.1", "169.254.169.254", "169.254.170.3",
                                "fd00:ec2::254", "localhost", ""})
        CHECK_MESSAGE(!agent::is_local_address(address), address);
}
