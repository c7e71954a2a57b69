#include "agent/peer_user.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

using namespace hourkey;

namespace {

// proc(5); addresses as a little-endian machine prints them.
constexpr std::string_view v4_table =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 101 1 0 100 0 0 10 0\n"
    "   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     7        0 102 1 0 20 4 30 10 -1\n"
    "   2: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 103 1 0 20 4 30 10 -1\n"
    "   3: 0100007F:C351 0100007F:0050 01 00000000:00000000 00:00000000 00000000  1001        0 104 1 0 20 4 30 10 "
    "-1\n";
constexpr std::string_view v6_table =
    "  sl  local_address                         remote_address                        st tx_queue rx_queue\n"
    "   0: 00000000000000000000000001000000:C350 00000000000000000000000001000000:1F90 01 00000000:00000000 "
    "00:00000000 00000000  1000        0 105 1 0 20 4 30 10 -1\n";

std::optional<std::uint32_t> user_in(std::string_view table, const net::peer& from, std::uint16_t own_port) {
    std::istringstream text{std::string(table)};
    return agent::user_in(text, from, own_port);
}

}  // namespace

TEST_CASE("APeersUserIsThatOfTheSocketAtItsEndOfTheConnection") {
    static_assert(std::endian::native == std::endian::little);
    const net::peer v4{.address = "127.0.0.1", .port = 50000};
    CHECK(user_in(v4_table, v4, 8080) == 1000);
    CHECK(user_in(v4_table, {.address = "127.0.0.1", .port = 50001}, 80) == 1001);
    CHECK(user_in(v6_table, {.address = "::1", .port = 50000}, 8080) == 1000);

    CHECK_FALSE(user_in(v4_table, v4, 8081));
    CHECK_FALSE(user_in(v4_table, {.address = "127.0.0.2", .port = 50000}, 8080));
    CHECK_FALSE(user_in(v4_table, {.address = "local"}, 8080));
    CHECK_FALSE(user_in("", v4, 8080));
    CHECK_FALSE(user_in("   2: 0100007F:C350 0100007F:1F90", v4, 8080));
}

TEST_CASE("APeerBeyondLoopbackHasNoUser") { CHECK_FALSE(agent::user_of({.address = "169.254.170.2", .port = 1}, 80)); }
