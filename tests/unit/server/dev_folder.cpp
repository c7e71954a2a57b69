#include "server/dev/dev_folder.hpp"

#include "support/results.hpp"
#include "support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace hourkey;
using namespace hourkey::server;
using hourkey::test::code_of;
using hourkey::test::scratch_folder;
namespace fs = std::filesystem;

TEST_CASE("a new folder and an empty one are taken, and taken again with what is in them") {
    const scratch_folder scratch;
    fs::create_directory(scratch.file("empty"));
    for (const std::string name : {"new/inner", "empty"}) {
        CAPTURE(name);
        const auto root = scratch.file(name);
        REQUIRE(prepare_dev_folder(root).has_value());
        CHECK(scratch.mode_of(name) == 0700);
        const auto key = scratch.read(name + "/server.key");
        CHECK_FALSE(key.empty());
        REQUIRE(prepare_dev_folder(root).has_value());
        CHECK(scratch.read(name + "/server.key") == key);
    }
}

TEST_CASE("a folder that holds anything else is refused and left as it is") {
    const scratch_folder scratch;
    for (const std::string name : {"server.key", "hourkey.db", "notes", ".hidden"}) {
        CAPTURE(name);
        const auto root = scratch.file("with-" + name);
        fs::create_directory(root);
        fs::permissions(root, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec);
        scratch.put("with-" + name + "/" + name, "mine");
        const auto refused = prepare_dev_folder(root);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().message.find(root) != std::string::npos);
        CHECK(refused.error().hint.find("--dir") != std::string::npos);
        CHECK(scratch.read("with-" + name + "/" + name) == "mine");
        CHECK(std::distance(fs::directory_iterator(root), fs::directory_iterator()) == 1);
        CHECK(scratch.mode_of("with-" + name) == 0750);
    }
}

TEST_CASE("a mark that is a link is none, and a file is no folder") {
    const scratch_folder scratch;
    fs::create_directory(scratch.file("linked"));
    scratch.put("target", "");
    fs::create_symlink(scratch.file("target"), scratch.file("linked/.hourkey-dev"));
    CHECK(code_of(prepare_dev_folder(scratch.file("linked"))) == errc::invalid_configuration);
    CHECK(scratch.read("target").empty());
    CHECK(code_of(prepare_dev_folder(scratch.file("target"))) == errc::invalid_configuration);
}

TEST_CASE("one process at a time has a folder") {
    const scratch_folder scratch;
    auto first = prepare_dev_folder(scratch.file("dev"));
    REQUIRE(first.has_value());
    const auto second = prepare_dev_folder(scratch.file("dev"));
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == errc::store_unavailable);
    CHECK(second.error().hint.find("--dir") != std::string::npos);
    first->claim.reset();
    CHECK(prepare_dev_folder(scratch.file("dev")).has_value());
}

TEST_CASE("too little room is told with path, room and key, also of a folder that is still to be made") {
    const scratch_folder scratch;
    CHECK(check_room(scratch.file("not/yet"), 0).has_value());
    const auto full = check_room(scratch.file("not/yet"), 4'000'000'000U);
    REQUIRE_FALSE(full.has_value());
    for (const auto* word : {"/not/yet", "MiB free", "store.min_free_mib = 4000000000"})
        CHECK(full.error().message.find(word) != std::string::npos);
}
