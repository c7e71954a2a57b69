#include "model/audit_target.hpp"

#include <doctest/doctest.h>

using namespace hourkey;

namespace {

ulid id(unsigned char last) {
    std::array<unsigned char, 16> bytes{};
    bytes[15] = last;
    return ulid::from_bytes(bytes);
}

std::string key(const ulid& tenant, std::string_view target) { return model::key_of(tenant, target).value().bytes; }

}  // namespace

TEST_CASE("A target leads back to its table, and what is none to nothing") {
    using enum model::state_table;
    const auto web = app_name::parse("web").value();
    const auto prod = connection_name::parse("prod").value();
    const auto table_of = [](std::string_view target) { return model::key_of(id(1), target).value().table; };
    CHECK(table_of(model::target_of(tenant_name::parse("acme").value())) == tenants);
    CHECK(table_of(model::target_of(web)) == apps);
    CHECK(table_of(model::target_of(prod)) == connections);
    CHECK(table_of(model::target_of(prod, web)) == grants);
    CHECK(table_of(model::target_of(prod, std::nullopt)) == grants);
    CHECK(table_of(model::target_of_token(id(3))) == tokens);
    CHECK(model::target_of(prod, std::nullopt) == "connections/prod/grants/*");
    for (const auto* none : {"", "apps", "tokens/1", "Tenants/acme", "anything else"})
        CHECK_FALSE(model::key_of(id(1), none));
}

TEST_CASE("Keys of a table stand in the order of its primary key") {
    const std::string in_order[] = {
        key(id(1), "connections/a/grants/*"),   key(id(1), "connections/a/grants/z"),
        key(id(1), "connections/a-1/grants/a"), key(id(1), "connections/ab/grants/a"),
        key(id(2), "connections/a/grants/*"),
    };
    for (std::size_t i = 1; i < std::size(in_order); ++i) CHECK(in_order[i - 1] < in_order[i]);
    CHECK(in_order[1].starts_with(model::first_key_of(id(1), "a")));
    CHECK_FALSE(in_order[2].starts_with(model::first_key_of(id(1), "a")));
}
