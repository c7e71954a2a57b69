#include "clients/cli/program.hpp"

#include "support/program_checks.hpp"

#include <doctest/doctest.h>

namespace hourkey::cli {

TEST_CASE("What a command says of itself holds together") {
    test::check_commands(hourkey_program(), "clients/cli/program.cpp");
}

TEST_CASE("Each example is a line that its command takes") { test::check_examples(hourkey_program()); }

}  // namespace hourkey::cli
