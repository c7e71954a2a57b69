#include "sts/clock_correction.hpp"

#include <doctest/doctest.h>

using namespace hourkey::sts;
using namespace std::chrono_literals;

TEST_CASE("a correction is kept within 15 minutes and tells once when it would be more") {
    using outcome = clock_correction::outcome;
    clock_correction c;
    CHECK(c.value() == 0s);
    CHECK(c.learn(300s) == outcome::within);
    CHECK(c.value() == 300s);
    CHECK(c.learn(15min) == outcome::within);
    CHECK(c.value() == 15min);
    CHECK(c.learn(15min + 1s) == outcome::newly_beyond);
    CHECK(c.value() == 15min);
    CHECK(c.measured() == 15min + 1s);
    CHECK(c.learn(-1h) == outcome::still_beyond);
    CHECK(c.value() == -15min);
    CHECK(c.learn(0s) == outcome::within);
    CHECK(c.value() == 0s);
    CHECK(c.learn(1h) == outcome::newly_beyond);
}
