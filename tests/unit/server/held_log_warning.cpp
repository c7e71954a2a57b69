#include "server/store_files/held_log_warning.hpp"

#include <doctest/doctest.h>

using namespace hourkey;
using namespace std::chrono_literals;

TEST_CASE("A held log is told of after a while, again while it lasts, and anew when it comes again") {
    server::held_log_warning warning;
    struct row {
        std::chrono::milliseconds at, held;
        bool is_due;
    };
    const row rows[] = {
        {0ms, 0ms, false},           {30'000ms, 29'999ms, false},   {30'001ms, 30'000ms, true},
        {30'002ms, 30'001ms, false}, {630'000ms, 630'000ms, false}, {630'001ms, 630'000ms, true},
        {631'000ms, 0ms, false},     {662'000ms, 30'500ms, true},
    };
    for (const auto& r : rows) {
        CAPTURE(r.at.count());
        CHECK(warning.is_due(r.held, steady_time(1h) + r.at) == r.is_due);
    }
}
