#include "emulator/fault_plan.hpp"

#include <doctest/doctest.h>

using namespace hourkey::emulator;

namespace {

std::string pattern(fault_plan& plan, int requests, const std::string& role_arn = "r",
                    const std::string& operation = "AssumeRole") {
    std::string out;
    for (int i = 0; i < requests; ++i) {
        const auto struck = plan.at_request(operation, role_arn);
        out += struck ? describe(struck->what).name.front() : '.';
    }
    return out;
}

fault_rule rule(fault f) {
    fault_rule r;
    r.what = f;
    return r;
}

}  // namespace

TEST_CASE("a rule strikes always, for a count, or every k-th time") {
    fault_plan always;
    always.add(rule(fault::throttling));
    CHECK(pattern(always, 4) == "tttt");
    fault_plan counted;
    auto twice = rule(fault::throttling);
    twice.count = 2;
    counted.add(twice);
    CHECK(pattern(counted, 4) == "tt..");
    fault_plan sometimes;
    auto third = rule(fault::throttling);
    third.every = 3;
    sometimes.add(third);
    CHECK(pattern(sometimes, 7) == "..t..t.");
    sometimes.clear();
    CHECK(pattern(sometimes, 3) == "...");
}

TEST_CASE("rules are used up in the order in which they were set") {
    fault_plan plan;
    auto first = rule(fault::throttling);
    first.count = 2;
    auto second = rule(fault::internal);
    second.count = 1;
    plan.add(first);
    plan.add(second);
    CHECK(pattern(plan, 4) == "tti.");
}

TEST_CASE("a rule for one role leaves the others alone") {
    fault_plan plan;
    auto only = rule(fault::throttling);
    only.role_arn = "mine";
    plan.add(only);
    CHECK(pattern(plan, 1, "other") == ".");
    CHECK(pattern(plan, 1, "") == ".");
    CHECK(pattern(plan, 1, "mine") == "t");
}

TEST_CASE("a rule for one operation leaves the others alone") {
    fault_plan plan;
    auto only = rule(fault::throttling);
    only.operation = "GetCallerIdentity";
    plan.add(only);
    CHECK(pattern(plan, 1) == ".");
    CHECK(pattern(plan, 1, "", "GetCallerIdentity") == "t");
}

TEST_CASE("a rule may let the first requests pass, and counts after them") {
    fault_plan plan;
    auto later = rule(fault::throttling);
    later.after = 2;
    later.count = 1;
    plan.add(later);
    CHECK(pattern(plan, 5) == "..t..");
}

TEST_CASE("accept faults strike connections only, body faults AssumeRole only") {
    fault_plan plan;
    plan.add(rule(fault::conn_reset));
    CHECK(pattern(plan, 1) == ".");
    CHECK(plan.at_accept()->what == fault::conn_reset);
    plan.clear();
    plan.add(rule(fault::empty));
    CHECK_FALSE(plan.at_accept().has_value());
    CHECK(pattern(plan, 1, "") == ".");
    CHECK(pattern(plan, 1) == "e");
}

TEST_CASE("every fault is found by its name, and no other name is one") {
    for (const auto& row : all_faults()) {
        CHECK(fault_from_name(row.name) == row.id);
        CHECK(&describe(row.id) == &row);
    }
    CHECK_FALSE(fault_from_name("Throttling").has_value());
    CHECK_FALSE(fault_from_name("").has_value());
}
