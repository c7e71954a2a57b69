#include "os/replaced_file.hpp"

#include "support/results.hpp"
#include "support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

namespace hourkey::os {

TEST_CASE("A replaced file keeps its mode, and a new one is private") {
    const test::scratch_folder folder;
    test::must(replace_file(folder.file("new"), "a"));
    CHECK(folder.mode_of("new") == 0600);
    folder.put("old", "before", 0644);
    test::must(replace_file(folder.file("old"), "after"));
    CHECK(folder.read("old") == "after");
    CHECK(folder.mode_of("old") == 0644);
    CHECK(folder.names().size() == 2);
}

TEST_CASE("A link stays one, and what it leads to is replaced") {
    const test::scratch_folder folder;
    folder.put("real", "before", 0640);
    REQUIRE(::symlink("real", folder.file("link").c_str()) == 0);
    test::must(replace_file(folder.file("link"), "after"));
    CHECK(folder.read("real") == "after");
    CHECK(folder.mode_of("real") == 0640);
    CHECK(std::filesystem::is_symlink(folder.file("link")));
}

TEST_CASE("What cannot be replaced stays, and nothing is left beside it") {
    const test::scratch_folder folder;
    CHECK(test::code_of(replace_file(folder.file("missing/file"), "a")) == errc::invalid_configuration);
    CHECK(test::code_of(replace_file(folder.file(""), "a")) == errc::invalid_configuration);
    CHECK(folder.names().empty());
}

}  // namespace hourkey::os
