#include "command/help.hpp"

#include "sample_program.hpp"

#include <doctest/doctest.h>

namespace hourkey::command {

TEST_CASE("A command's help says what the parser will hold it to") {
    sample_values v;
    CHECK(help_of(sample_program(v), "serve") == R"(Run it.

Usage: sample serve [OPTION...]

It runs for ever.

As in:

  sample serve |
    cat

Options:
  --port PORT       where (default: 8443)
  --threads NUMBER  how many (from 1 to 64; default: 1)
  --aws             the real one
  --role-arn ARN    which role (only with --aws)
  --plain           no TLS (not with --cert)
  --cert FILE       its certificate
  --set KEY=VALUE   over the file (may be repeated)
)");
    CHECK(help_of(sample_program(v), "token create") == R"(Print a new token.

Usage: sample token create --role ROLE [OPTION...]

Options:
  --role ROLE                   what it may do (operator, admin or app; required)
  --tenant NAME                 whose (default: acme; or the environment's HOURKEY_TEST_TENANT)
  --expires-in-seconds SECONDS  how long (default: 3600)

Exit codes of its own:
  1  not made

Example:
  For a job.
    $ sample token create --role app
)");
}

TEST_CASE("A program's help and a group's list commands, but no hidden one") {
    sample_values v;
    CHECK(help_of(sample_program(v), "") == R"(sample 1.2.3: serves tests.

Usage: sample COMMAND [OPTION...]

Commands:
  serve         Run it
  token create  Print a new token
  token list    List them
  backup        Copy it
  exec          Run something

Of each: sample COMMAND --help

Exit codes:
  0  done
  2  the command line is wrong
)");
    CHECK(help_of(sample_program(v), "token") == R"(Tokens of the API.

Usage: sample token COMMAND [OPTION...]

Commands:
  token create  Print a new token
  token list    List them

Of each: sample COMMAND --help
)");
}

TEST_CASE("Lines end before column 100, but where a word is longer") {
    sample_values v;
    auto of = sample_program(v);
    of.commands[0].text = std::string(30, 'a') + " " + std::string(68, 'b') + " " + std::string(99, 'c');
    const auto text = help_of(of, "serve");
    CHECK(text.find(std::string(30, 'a') + " " + std::string(68, 'b') + "\n" + std::string(99, 'c') + "\n") !=
          std::string::npos);
}

}  // namespace hourkey::command
