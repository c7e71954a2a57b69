#pragma once

#include "audit/trail_state.hpp"
#include "model/audit_record.hpp"
#include "model/server_key.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace hourkey::audit {

/// The server keys as the records told of them so far: the first one has no record, every other one begins with a
/// rotation.
class told_keys {
public:
    void apply(const model::audit_record& r);
    /// Moves with each record of theirs.
    [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }
    void compare(const std::vector<model::server_key>& stored, std::vector<difference>& found) const;

private:
    std::map<std::uint8_t, model::server_key_state> states_;
    bool is_first_active_ = true;
    std::uint64_t changes_ = 0;
};

}  // namespace hourkey::audit
