#include "command/reference.hpp"

#include "sample_program.hpp"

#include <doctest/doctest.h>

namespace hourkey::command {

TEST_CASE("The reference has each command with its options, exit codes and examples") {
    sample_values v;
    const auto text = reference_of(sample_program(v));
    CHECK(text.starts_with(R"(# Command line of sample

sample serves tests. This page is made by `sample manual --markdown`.

| exit code | |
|---|---|
| 0 | done |
| 2 | the command line is wrong |

## sample serve

Run it.

```
sample serve [OPTION...]
```

It runs for ever.

As in:

```
sample serve |
  cat
```

| option | |
|---|---|
| `--port PORT` | where (default: 8443) |
)"));
    CHECK(text.find(R"(
| exit code | |
|---|---|
| 1 | not made |

For a job.

```
$ sample token create --role app
```
)") != std::string::npos);
    CHECK(text.find("hidden") == std::string::npos);
}

TEST_CASE("What would end a cell is escaped") {
    sample_values v;
    auto of = sample_program(v);
    of.commands[0].options[0].text = "a|b";
    CHECK(reference_of(of).find("| a\\|b (default: 8443) |") != std::string::npos);
}

}  // namespace hourkey::command
