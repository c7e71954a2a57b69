#pragma once

#include "core/ulid.hpp"
#include "model/audit_target.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace hourkey::store {

/// How far the rows that carry a seal have been gone through, in the order of their tables and keys.
struct reseal_place {
    model::state_table table = model::state_table::connections;
    ulid tenant;               ///< of the last row, a token's own id
    std::string first, second; ///< the last row's names
};

/// What one step has done.
struct reseal_step {
    std::size_t resealed = 0;
    std::size_t broken = 0;  ///< rows that something else has written: they stay as they are
    std::optional<reseal_place> next;  ///< none: that was the end
};

}  // namespace hourkey::store
