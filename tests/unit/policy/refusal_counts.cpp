#include "policy/refusal_counts.hpp"

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace hourkey::policy {
namespace {

using namespace std::chrono_literals;
using enum refusal_counts::verdict;

const steady_time start{1000h};

ulid id(std::size_t n) {
    std::array<unsigned char, 10> random{};
    for (auto& byte : random) byte = static_cast<unsigned char>(n), n >>= 8;
    return ulid::make(wall_time{1s}, random);
}

model::audit_record refusal(std::size_t tenant = 1, std::size_t token = 1, const std::string& connection = "prod",
                            const std::string& reason = "app_not_allowed") {
    model::audit_record r;
    r.action = model::audit_action::vend;
    r.outcome = model::audit_outcome::denied;
    r.tenant_id = id(tenant);
    r.token_id = id(token);
    r.app = "web";
    r.connection = connection;
    r.reason = reason;
    return r;
}

/// Refused and, if asked for, recorded.
refusal_counts::verdict refuse(refusal_counts& in, const model::audit_record& what, steady_time now = start) {
    const auto said = in.take(what, now);
    if (said == record) in.settle(what, true);
    return said;
}

TEST_CASE(
    "Of equal refusals the first is recorded, the others are counted, and the count is told when the window is over") {
    refusal_counts counts;
    CHECK(refuse(counts, refusal()) == record);
    auto last = refusal();
    for (int n = 0; n < 100; ++n) {
        last.request_id = std::to_string(n);
        CHECK(refuse(counts, last, start + n * 1ms) == counted);
    }
    CHECK(counts.collect(start + refusal_counts::window - 1ns).empty());
    const auto told = counts.collect(start + refusal_counts::window);
    REQUIRE(told.size() == 1);
    CHECK(told[0].count == 100);
    CHECK(told[0].request_id == "99");
    CHECK(told[0].token_id == id(1));
    CHECK(told[0].connection == "prod");
    CHECK(told[0].reason == "app_not_allowed");
    CHECK(told[0].outcome == model::audit_outcome::denied);
    CHECK(counts.counted() == 100);
    CHECK(counts.collect(start + 1h).empty());
}

TEST_CASE("A window that is over begins anew with a record, and its count is not lost") {
    refusal_counts counts;
    CHECK(refuse(counts, refusal()) == record);
    CHECK(refuse(counts, refusal()) == counted);
    CHECK(refuse(counts, refusal(), start + refusal_counts::window - 1ns) == counted);
    CHECK(refuse(counts, refusal(), start + refusal_counts::window) == record);
    const auto told = counts.collect(start + refusal_counts::window);
    REQUIRE(told.size() == 1);
    CHECK(told[0].count == 2);
}

TEST_CASE("One refusal alone has a record and no count") {
    refusal_counts counts;
    CHECK(refuse(counts, refusal()) == record);
    CHECK(counts.collect_all().empty());
}

TEST_CASE("What differs in tenant, token, connection or reason is not equal") {
    refusal_counts counts;
    for (const auto& other : {refusal(), refusal(2), refusal(1, 2), refusal(1, 1, "test"), refusal(1, 1, ""),
                              refusal(1, 1, "prod", "role_not_allowed")}) {
        CHECK(refuse(counts, other) == record);
        CHECK(refuse(counts, other) == counted);
    }
    CHECK(counts.collect_all().size() == 6);
}

TEST_CASE("Nothing is counted while the first is not on record") {
    refusal_counts counts;
    CHECK(counts.take(refusal(), start) == record);
    CHECK(counts.take(refusal(), start) == record);
    counts.settle(refusal(), false);
    CHECK(counts.take(refusal(), start) == record);
    counts.settle(refusal(), true);
    CHECK(counts.take(refusal(), start) == counted);
}

TEST_CASE("Whatever a tenant invents, its records are bounded, and the rest is counted by reason") {
    struct row {
        const char* name;
        std::function<model::audit_record(std::size_t)> invented;
    };
    const std::vector<row> rows{{"connections", [](std::size_t n) { return refusal(1, 1, "c" + std::to_string(n)); }},
                                {"tokens", [](std::size_t n) { return refusal(1, n); }}};
    for (const auto& r : rows) {
        CAPTURE(r.name);
        refusal_counts counts;
        constexpr std::size_t asked = 10'000;
        std::size_t recorded = 0;
        for (std::size_t n = 0; n < asked; ++n) recorded += refuse(counts, r.invented(n)) == record ? 1 : 0;
        CHECK(recorded == refusal_counts::most_of_tenant + 1);
        CHECK(refuse(counts, refusal(2)) == record);
        CHECK(refuse(counts, refusal(2)) == counted);
        const auto told = counts.collect_all();
        REQUIRE(told.size() == 2);
        const auto& rest = told[0].tenant_id == id(1) ? told[0] : told[1];
        CHECK(rest.count == asked - recorded);
        CHECK(rest.token_id.is_nil());
        CHECK(rest.connection.empty());
        CHECK(rest.app.empty());
    }
}

TEST_CASE("When memory is full, whoever has most gives up the oldest, with its count, and the newcomer has its share") {
    refusal_counts counts;
    constexpr auto tenants = refusal_counts::most / refusal_counts::most_of_tenant;
    for (std::size_t t = 1; t <= tenants; ++t)
        for (std::size_t n = 0; n < refusal_counts::most_of_tenant; ++n) {
            REQUIRE(refuse(counts, refusal(t, 1, "c" + std::to_string(n)), start + n * 1ns) == record);
            REQUIRE(refuse(counts, refusal(t, 1, "c" + std::to_string(n)), start + n * 1ns) == counted);
        }
    CHECK(refuse(counts, refusal(tenants + 1), start + 1s) == record);
    CHECK(refuse(counts, refusal(tenants + 1), start + 1s) == counted);
    const auto told = counts.collect(start + 2s);
    REQUIRE(told.size() == 1);
    CHECK(told[0].connection == "c0");
    CHECK(told[0].count == 1);
    CHECK(counts.collect_all().size() == refusal_counts::most);
}

TEST_CASE("Counts that could not be written are told again, together with what came since") {
    refusal_counts counts;
    for (int n = 0; n < 3; ++n) static_cast<void>(refuse(counts, refusal()));
    counts.put_back(counts.collect(start + refusal_counts::window));
    for (int n = 0; n < 6; ++n) static_cast<void>(refuse(counts, refusal(), start + 2 * refusal_counts::window));
    const auto told = counts.collect_all();
    REQUIRE(told.size() == 1);
    CHECK(told[0].count == 2 + 5);
    CHECK(counts.lost() == 0);
}

}  // namespace
}  // namespace hourkey::policy
