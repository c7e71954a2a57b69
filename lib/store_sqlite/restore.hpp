#pragma once

#include "store_sqlite/settings.hpp"

#include <functional>
#include <string>

namespace hourkey::store {

struct restored {
    std::string kept;  ///< where the database that was there is now; empty: there was none
    std::uint64_t last_audit_seq = 0;
};

/// Puts a copy of the backup `from` in the database's place, while no server runs. Before anything else is touched the
/// copy is migrated, and `judge` is given its path: its failure ends the restore, else the record that it gives ends
/// the copy's trail. Then the database that was there is set aside, whole and under a name of its own, and the copy
/// takes its name: at any moment one of the two is there. Fails with store_unavailable when a server or a reader is in
/// the way.
[[nodiscard]] result<restored> restore(
    settings s, const std::string& from,
    const std::function<result<model::audit_record>(const std::string& copy)>& judge);

}  // namespace hourkey::store
