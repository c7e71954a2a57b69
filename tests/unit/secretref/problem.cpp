#include "secretref/problem.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace hourkey::secretref;

TEST_CASE("each code has a name of its own") {
    std::set<std::string_view> names;
    for (int i = 1; i <= static_cast<int>(problem_code::last_); ++i) {
        const auto name = name_of(static_cast<problem_code>(i));
        CHECK(!name.empty());
        CHECK(names.insert(name).second);
    }
}

TEST_CASE("a rejection becomes a failure that names file, line and column, and how many more there are") {
    rejection r{{{problem_code::in_key, {10, 2, 3}, "a.yml", "it is wrong", "Mend it."}}};
    auto failure = as_failure(r);
    CHECK(failure.code == hourkey::errc::invalid_request);
    CHECK(failure.text() == "a.yml:2:3: it is wrong");
    CHECK(failure.hint == "Mend it.");
    r.problems.insert(r.problems.begin(), {problem_code::not_found, {0, 1, 1}, "a.yml", "there is none", ""});
    failure = as_failure(r);
    CHECK(failure.code == hourkey::errc::not_found);
    CHECK(failure.text() == "a.yml:1:1: there is none (and 1 more)");
}
