#include "server/store_files/running_copy.hpp"

#include "store_sqlite/backup.hpp"
#include "store_sqlite/partial_file.hpp"
#include "store_sqlite/schema_file.hpp"
#include "support/results.hpp"
#include "support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

using namespace hourkey;
using namespace std::chrono_literals;
using server::running_copy;
using test::code_of;

namespace {

constexpr steady_time start{1h};

struct small_store {
    test::scratch_folder folder;
    std::string path = folder.file("hourkey.db");

    [[nodiscard]] std::vector<std::string> copies() const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(path).parent_path()))
            if (entry.path().string().starts_with(path + ".copy")) found.push_back(entry.path().string());
        std::ranges::sort(found);
        return found;
    }

    small_store() {
        const store::installation first{.keys = {{1, {}}},
                                        .seal_head = [](const auto&) { return std::optional(model::audit_hash{}); },
                                        .created_at = {}};
        const auto made = store::prepare_file(path, store::all_migrations(), first);
        REQUIRE(made.has_value());
    }
};

result<running_copy::progress> wait_for(running_copy& copy, std::uint64_t number) {
    for (;;) {
        auto now = copy.look(number, start);
        if (!now || now->state == running_copy::state::ready) return now;
        std::this_thread::yield();
    }
}

}  // namespace

TEST_CASE("A running store's copy is whole, is the only one, and goes when it is dropped") {
    small_store s;
    running_copy copy(s.path, 0);
    CHECK(code_of(copy.look(1, start)) == errc::not_found);
    const auto first = copy.begin(start);
    REQUIRE(first.has_value());
    CHECK(code_of(copy.begin(start)) == errc::in_use);
    const auto made = wait_for(copy, *first);
    REQUIRE(made.has_value());
    CHECK(s.copies() == std::vector{made->file});
    CHECK(store::check_backup(made->file, {}).has_value());
    CHECK(code_of(copy.begin(start)) == errc::in_use);  // until whoever asked has taken it
    copy.drop(*first);
    CHECK(s.copies().empty());
    CHECK(code_of(copy.look(*first, start)) == errc::not_found);
    CHECK(copy.begin(start).has_value());  // the end of all breaks it off
}

TEST_CASE("A copy for which nobody asks any more gives way, and whoever asked for it has no say in the next") {
    small_store s;
    running_copy copy(s.path, 0);
    const auto first = copy.begin(start);
    REQUIRE(first.has_value());
    REQUIRE(wait_for(copy, *first).has_value());
    copy.drop_when_forgotten(start + running_copy::patience - 1ms);
    CHECK(s.copies().size() == 1);
    CHECK(code_of(copy.begin(start + running_copy::patience - 1ms)) == errc::in_use);
    const auto next = copy.begin(start + running_copy::patience);
    REQUIRE(next.has_value());
    CHECK(code_of(copy.look(*first, start)) == errc::not_found);
    copy.drop(*first);
    CHECK(wait_for(copy, *next).has_value());
    copy.drop_when_forgotten(start + running_copy::patience);
    CHECK(s.copies().empty());
}

TEST_CASE("A file of somebody else's beside the store stays, and what a killed server left goes") {
    small_store s;
    const auto theirs = s.path + ".copy", resembling = s.path + ".copy.partial-aB3dE6",
               left = store::name_of_partial_file(s.path + ".copy");
    for (const auto& file : {theirs, resembling, left}) std::ofstream(file) << "something";
    {
        running_copy copy(s.path, 0);
        const auto number = copy.begin(start);
        REQUIRE(number.has_value());
        CHECK(wait_for(copy, *number).has_value());
    }
    CHECK(s.copies() == std::vector{theirs, resembling});
    CHECK_FALSE(std::filesystem::exists(left));
}

TEST_CASE("What cannot be copied is told once, and leaves nothing") {
    small_store s;
    std::filesystem::resize_file(s.path, 0);
    running_copy copy(s.path, 0);
    const auto number = copy.begin(start);
    REQUIRE(number.has_value());
    CHECK_FALSE(wait_for(copy, *number).has_value());
    CHECK(s.copies().empty());
    CHECK(code_of(copy.look(*number, start)) == errc::not_found);
}

TEST_CASE("A disk without room for a copy above the floor makes none") {
    small_store s;
    running_copy copy(s.path, std::uint64_t{1} << 60);
    CHECK(code_of(copy.begin(start)) == errc::store_unavailable);
    CHECK(s.copies().empty());
}
