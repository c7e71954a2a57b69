#pragma once

#include "core/failure.hpp"
#include "store_sqlite/sqlite.hpp"

#include <cstdint>
#include <string_view>

namespace hourkey::store {

/// Where the revision of something new starts: after the last one that its name had, and never before its tenant's own.
/// So an ETag that was given out once never fits another thing.
class revision_rows {
public:
    explicit revision_rows(sqlite_handle& db) : db_(db) {}

    /// `target` as the audit names it: "apps/web". A nil tenant: for a tenant itself.
    [[nodiscard]] result<std::uint64_t> first(const ulid& tenant, std::string_view target);

private:
    sqlite_handle& db_;
    statement first_{
        db_,
        "SELECT max(coalesce((SELECT revision + 1 FROM former_revisions WHERE tenant_id = ?1 AND target = ?2), 1), "
        "coalesce((SELECT revision FROM tenants WHERE id = ?1), 1))"};
};

}  // namespace hourkey::store
