#include "aws/session_limits.hpp"

#include <doctest/doctest.h>

namespace hourkey::aws {

TEST_CASE("a user's session lasts as long as is asked, a role session's an hour at most and says so") {
    using namespace std::chrono_literals;
    using enum base_identity;
    const struct {
        std::chrono::seconds asked;
        base_identity base;
        session_duration given;
    } rows[] = {
        {900s, user, {900s, false}},
        {3600s, user, {3600s, false}},
        {43'200s, user, {43'200s, false}},
        {900s, role_session, {900s, false}},
        {3600s, role_session, {3600s, false}},
        {3601s, role_session, {3600s, true}},
        {43'200s, role_session, {3600s, true}},
    };
    for (const auto& r : rows) {
        CAPTURE(r.asked.count());
        const auto given = cap_duration(r.asked, r.base);
        CHECK(given.seconds == r.given.seconds);
        CHECK(given.is_capped == r.given.is_capped);
    }
}

}  // namespace hourkey::aws
