#include "auth/refusal_ration.hpp"

#include <doctest/doctest.h>

#include <array>

namespace hourkey::auth {
namespace {

using namespace std::chrono_literals;
using enum refusal_ration::verdict;

const steady_time start{1000h};

ulid token(std::size_t n) { return ulid::make(wall_time{std::chrono::milliseconds(n + 1)}, std::array<unsigned char, 10>{}); }

TEST_CASE("A dead token's first refusals in each period are recorded, the last of them says so, and the rest are left out") {
    refusal_ration ration;
    for (const auto period : {start, start + refusal_ration::period}) {
        for (unsigned n = 1; n < refusal_ration::per_token; ++n) CHECK(ration.take(token(0), period + n * 1s) == record);
        CHECK(ration.take(token(0), period + 1min) == record_as_last);
        for (int n = 0; n < 100; ++n) CHECK(ration.take(token(0), period + 2min) == leave_out);
        CHECK(ration.take(token(0), period + refusal_ration::period - 1ns) == leave_out);
    }
}

TEST_CASE("One dead token does not use up another's share") {
    refusal_ration ration;
    for (unsigned n = 0; n < refusal_ration::per_token; ++n) static_cast<void>(ration.take(token(0), start));
    CHECK(ration.take(token(0), start) == leave_out);
    CHECK(ration.take(token(1), start) == record);
}

TEST_CASE("However many dead tokens come, their number is bounded, and there is room again when their period is over") {
    refusal_ration ration;
    for (std::size_t n = 0; n < refusal_ration::most_tokens; ++n) CHECK(ration.take(token(n), start) == record);
    CHECK(ration.take(token(refusal_ration::most_tokens), start + 1min) == leave_out);
    CHECK(ration.take(token(0), start + 1min) == record);
    CHECK(ration.take(token(refusal_ration::most_tokens), start + refusal_ration::period) == record);
}

}  // namespace
}  // namespace hourkey::auth
