#include "server/main/hourkeyd_program.hpp"

#include "support/program_checks.hpp"

#include <doctest/doctest.h>

namespace hourkey::server {

TEST_CASE("What a command says of itself holds together") {
    test::check_commands(hourkeyd_program(), "server/main/hourkeyd_program.cpp");
}

TEST_CASE("Each example is a line that its command takes") { test::check_examples(hourkeyd_program()); }

}  // namespace hourkey::server
