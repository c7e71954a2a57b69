#include "model/connection.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

using namespace hourkey;
using namespace std::chrono_literals;

TEST_CASE("a connection's trust has settled two minutes after it was made and found active") {
    struct row {
        const char* name;
        std::chrono::nanoseconds created;  ///< ago
        std::optional<std::chrono::nanoseconds> verified;
        bool settled;
    };
    const wall_time now{1'795'000'000s};
    for (const auto& r : {row{"just made", 0s, {}, false}, row{"made within the time", 2min - 1ns, {}, false},
                          row{"made long ago", 2min, {}, true}, row{"verified within the time", 24h, 2min - 1ns, false},
                          row{"verified long ago", 24h, 2min, true}}) {
        CAPTURE(r.name);
        model::connection c{.tenant_id = {},
                            .name = *connection_name::parse("prod"),
                            .state = model::connection_state::active,
                            .role_arn = {},
                            .account_id = {},
                            .region = {},
                            .external_id = *aws::external_id::parse("hk-1"),
                            .created_at = now - r.created,
                            .verified_at = {},
                            .revision = 1};
        if (r.verified) c.verified_at = now - *r.verified;
        CHECK(has_settled(c, now) == r.settled);
    }
}
