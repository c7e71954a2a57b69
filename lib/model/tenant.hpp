#pragma once

#include "core/clock.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"

#include <cstdint>

namespace hourkey::model {

/// The isolation boundary. `revision` starts at 1 and grows with every change; it is the ETag.
struct tenant {
    ulid id;
    tenant_name name;
    wall_time created_at;
    std::uint64_t revision = 1;
};

struct app {
    ulid tenant_id;
    app_name name;
    wall_time created_at;
    std::uint64_t revision = 1;
};

}  // namespace hourkey::model
