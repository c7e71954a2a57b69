#include "store_sqlite/set_aside.hpp"

#include "temporary_store.hpp"

#include <fstream>

using namespace hourkey;

TEST_CASE("What is kept of a second never takes the name of what is kept already, nor of its log") {
    const test::scratch_folder folder;
    const auto path = folder.file("hourkey.db");
    const wall_time now{std::chrono::seconds(1'800'000'000)};
    const auto first = store::name_to_keep(path, "restore", now);
    CHECK(first == path + ".before-restore-20270115T080000Z");
    std::ofstream(first) << "kept";
    CHECK(store::name_to_keep(path, "restore", now) == first + "-2");
    std::ofstream(first + "-2-wal") << "kept";
    CHECK(store::name_to_keep(path, "restore", now) == first + "-3");
    CHECK(store::name_to_keep(path, "restore", now + std::chrono::seconds(1)) ==
          path + ".before-restore-20270115T080001Z");
}
