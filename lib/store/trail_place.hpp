#pragma once

#include "model/audit_record.hpp"

#include <cstdint>

namespace hourkey::store {

/// A place in the audit trail: a record's number and hash.
struct trail_place {
    std::uint64_t seq = 0;
    model::audit_hash hash{};
    friend bool operator==(const trail_place&, const trail_place&) = default;
};

}  // namespace hourkey::store
