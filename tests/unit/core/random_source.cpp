#include "core/random_source.hpp"

#include <doctest/doctest.h>

using namespace hourkey;

TEST_CASE("two random sources differ, and stay in range") {
    auto one = make_random_source();
    auto two = make_random_source();
    bool differ = false;
    for (int i = 0; i < 100; ++i) {
        const double a = one();
        const double b = two();
        CHECK((a >= 0 && a < 1));
        differ = differ || a != b;
    }
    CHECK(differ);
}
