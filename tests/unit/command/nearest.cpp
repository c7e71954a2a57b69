#include "command/nearest.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace hourkey::command {

TEST_CASE("What was meant is near, or begins so") {
    struct row {
        const char* name;
        const char* word;
        const char* wanted;
    };
    const std::vector<std::string> candidates{"--config", "--set", "--tenant", "--expires-in-seconds",
                                              "create",   "list"};
    for (const auto& r : std::vector<row>{
             {"a letter less", "--confg", "--config"},
             {"two letters swapped", "craete", "create"},
             {"a beginning", "--expires", "--expires-in-seconds"},
             {"capitals count as letters", "--Tenant", "--tenant"},
             {"one of three letters may be wrong", "lit", "list"},
             {"nothing near", "--fly", ""},
             {"dashes alone begin everything", "--", ""},
             {"nothing", "", ""},
         }) {
        CAPTURE(r.name);
        CHECK(nearest(r.word, candidates) == r.wanted);
    }
}

}  // namespace hourkey::command
