#include "clients/cli/agent_folder.hpp"

#include "support/results.hpp"
#include "support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace hourkey;
using test::must;

TEST_CASE("AnAgentsFilesAreItsUsersAndGoWithIt") {
    const test::scratch_folder folder;
    const auto path = folder.file("agent");
    {
        auto one = must(cli::agent_folder::open(path));
        CHECK(folder.mode_of("agent") == 0700);
        must(one.write_empty_files());
        const auto file = must(one.write_variables("prod", {.set = {{"A", "b"}}, .unset = {}, .notes = {}}));
        CHECK(file == path + "/prod.env");
        CHECK(folder.read("agent/prod.env") == "export A='b'\n");
        for (const auto* name : {"agent/prod.env", "agent/aws-config", "agent/aws-credentials"})
            CHECK(folder.mode_of(name) == 0600);
        // Another agent that finds the place taken leaves everything as it is.
        static_cast<void>(must(cli::agent_folder::open(path)));
        CHECK(folder.has("agent/prod.env"));
    }
    CHECK(folder.names() == std::vector<std::string>{"agent"});
    CHECK_FALSE(folder.has("agent/prod.env"));
    CHECK_FALSE(folder.has("agent/aws-config"));
}
