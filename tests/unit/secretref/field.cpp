#include "secretref/field.hpp"

#include <doctest/doctest.h>

using namespace hourkey::secretref;

TEST_CASE("fields are found by the names that they have") {
    for (std::size_t i = 0; i < field_count; ++i) {
        const auto f = static_cast<field>(i);
        CHECK(find_field(name_of(f)) == f);
    }
    CHECK(name_of(field::account_id) == "accountId");
    CHECK(!find_field("AccessKeyId"));
    CHECK(!find_field(""));
}
