#include "aws/session_limits.hpp"

#include <doctest/doctest.h>

namespace hourkey::aws {

TEST_CASE("a user's session may last twelve hours, a role session's one") {
    using namespace std::chrono_literals;
    CHECK(longest_session_from(base_identity::user) == 12h);
    CHECK(longest_session_from(base_identity::role_session) == 1h);
    CHECK(is_session_duration(900s));
    CHECK_FALSE(is_session_duration(899s));
    CHECK(is_session_duration(12h));
    CHECK_FALSE(is_session_duration(12h + 1s));
    CHECK(default_session == 1h);
}

}  // namespace hourkey::aws
