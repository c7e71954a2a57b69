#include "store_sqlite/disk_space.hpp"

#include "temporary_store.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace hourkey::store {
namespace {

TEST_CASE("Below the floor lies a reserve, and below that nothing is touched") {
    struct row {
        const char* name;
        std::uint64_t free, floor;
        disk_level level;
    };
    const std::vector<row> rows{{"at the floor", 64, 64, disk_level::ample},
                                {"one byte below", 63, 64, disk_level::reserve},
                                {"the reserve's last byte", 16, 64, disk_level::reserve},
                                {"one byte less", 15, 64, disk_level::none},
                                {"full", 0, 64, disk_level::none},
                                {"no floor", 0, 0, disk_level::ample}};
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(level_of(r.free, r.floor) == r.level);
    }
}

}  // namespace
}  // namespace hourkey::store
