#include "server/running_copy.hpp"

#include "scratch_folder.hpp"
#include "store/backup.hpp"
#include "store/schema_file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <thread>

using namespace hourkey;
using namespace std::chrono_literals;
using server::running_copy;

namespace {

constexpr steady_time start{1h};

template <class T>
errc code_of(const result<T>& r) {
    return r ? errc{} : r.error().code;
}

struct small_store {
    test::scratch_folder folder;
    std::string path = folder.file("hourkey.db");
    std::string copy = path + ".copy";

    small_store() {
        const auto made = store::prepare_file(path, store::all_migrations(), {});
        REQUIRE(made.has_value());
    }
};

result<running_copy::progress> wait_for(running_copy& copy) {
    for (;;) {
        auto now = copy.look(start);
        if (!now || now->state == running_copy::state::ready) return now;
        std::this_thread::yield();
    }
}

}  // namespace

TEST_CASE("A running store's copy is whole, is the only one, and goes when it is dropped") {
    small_store s;
    running_copy copy(s.path, 0);
    CHECK(code_of(copy.look(start)) == errc::not_found);
    REQUIRE(copy.begin(start).has_value());
    CHECK(code_of(copy.begin(start)) == errc::store_unavailable);
    const auto made = wait_for(copy);
    REQUIRE(made.has_value());
    CHECK(made->file == s.copy);
    CHECK(store::check_backup(s.copy, {}).has_value());
    CHECK(code_of(copy.begin(start)) == errc::store_unavailable);  // until whoever asked has taken it
    copy.drop();
    CHECK_FALSE(std::filesystem::exists(s.copy));
    CHECK(code_of(copy.look(start)) == errc::not_found);
    CHECK(copy.begin(start).has_value());  // the end of all breaks it off
}

TEST_CASE("A copy that is asked for no more is dropped after a minute, and not before") {
    small_store s;
    running_copy copy(s.path, 0);
    REQUIRE(copy.begin(start).has_value());
    REQUIRE(wait_for(copy).has_value());
    copy.drop_when_forgotten(start + running_copy::patience - 1ms);
    CHECK(std::filesystem::exists(s.copy));
    copy.drop_when_forgotten(start + running_copy::patience);
    CHECK_FALSE(std::filesystem::exists(s.copy));
    CHECK(copy.begin(start).has_value());
}

TEST_CASE("What a killed server left is removed, and what cannot be copied is told once") {
    small_store s;
    std::ofstream(s.copy) << "half a copy";
    running_copy copy(s.path, 0);
    CHECK_FALSE(std::filesystem::exists(s.copy));
    std::ofstream(s.copy) << "in the way";
    REQUIRE(copy.begin(start).has_value());
    CHECK_FALSE(wait_for(copy).has_value());
    CHECK(code_of(copy.look(start)) == errc::not_found);
    CHECK(copy.begin(start).has_value());
}

TEST_CASE("A disk without room for a copy above the floor makes none") {
    small_store s;
    running_copy copy(s.path, std::uint64_t{1} << 60);
    CHECK(code_of(copy.begin(start)) == errc::store_unavailable);
    CHECK_FALSE(std::filesystem::exists(s.copy));
}
