#include "secretref/position_counter.hpp"

#include <doctest/doctest.h>

using namespace hourkey::secretref;

TEST_CASE("lines end with any break, and columns are characters") {
    const std::string_view text =
        "\xef\xbb\xbf"
        "aé\r\nb\rc\n\nd";
    position_counter positions(text);
    const auto check = [&](std::string_view at, std::size_t line, std::size_t column) {
        CAPTURE(at);
        const auto found = positions.of(text.find(at));
        CHECK(found.line == line);
        CHECK(found.column == column);
    };
    check("a", 1, 1);
    check("é", 1, 2);
    check("\r\n", 1, 3);
    check("b", 2, 1);
    check("c", 3, 1);
    check("d", 5, 1);
    check("b", 2, 1);  // an earlier one again
    CHECK(positions.of(text.size()).line == 5);
    CHECK(positions.of(text.size()).column == 2);
}
