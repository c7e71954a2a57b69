#include "core/spare_blocks.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace hourkey;

TEST_CASE("A thread's spare blocks come back by their class, as many as are kept of each") {
    spare_blocks<2, 2> spare;
    CHECK(spare.take(0) == nullptr);
    void* small = std::malloc(10);
    void* large = std::malloc(20);
    CHECK(spare.keep(0, small));
    CHECK(spare.keep(1, large));
    CHECK(spare.take(1) == large);
    CHECK(spare.take(1) == nullptr);
    CHECK(spare.take(0) == small);
    CHECK(spare.keep(0, small));
    CHECK(spare.keep(0, large));
    void* another = std::malloc(10);
    CHECK_FALSE(spare.keep(0, another));
    std::free(another);
}
