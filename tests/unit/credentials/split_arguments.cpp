#include "credentials/split_arguments.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace hourkey::credentials;

TEST_CASE("a command is split as a shell splits words, and nothing in it is expanded") {
    using words = std::vector<std::string>;
    struct row {
        std::string name, command;
        words expected;
    };
    for (const auto& r :
         {row{"words", "a b  c\t d\n", {"a", "b", "c", "d"}}, row{"single quotes", "a 'b c' '\\'", {"a", "b c", "\\"}},
          row{"double quotes", R"(a "b c" "\"" "\\" "\n")", {"a", "b c", "\"", "\\", "\\n"}},
          row{"a backslash", R"(a\ b \\)", {"a b", "\\"}}, row{"joined", R"(a'b'"c"d)", {"abcd"}},
          row{"an empty argument", "a '' b", {"a", "", "b"}},
          row{"no expansion", "a $HOME `id` * ; b | c", {"a", "$HOME", "`id`", "*", ";", "b", "|", "c"}}}) {
        CAPTURE(r.name);
        const auto got = split_arguments(r.command);
        REQUIRE(got.has_value());
        CHECK(*got == r.expected);
    }
    for (const auto* bad : {"", "  ", "a 'b", "a \"b", "a b\\", "'' a"}) {
        CAPTURE(bad);
        CHECK_FALSE(split_arguments(bad).has_value());
    }
}
