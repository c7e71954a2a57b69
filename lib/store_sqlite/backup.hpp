#pragma once

#include "core/failure.hpp"
#include "model/audit_record.hpp"
#include "store_sqlite/copy_target.hpp"
#include "store_sqlite/known_keys.hpp"
#include "store_sqlite/open_read_only.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace hourkey::store {

/// Copies the database at `from`, which may be in use by a running server, to `to` as one consistent, checked, durable
/// file of mode 0600. What may be replaced, and what `to` may be besides a file, is copy_target's rule; `own` names
/// hourkey's files other than the database's. `wants_stop` is asked every MiB or so: true breaks it off with
/// store_unavailable.
[[nodiscard]] result<> backup(
    const std::string& from, const std::string& to, std::span<const own_file> own = {},
    const std::function<bool()>& wants_stop = [] { return false; });

/// backup() of what copy_database() made: into a stream as it is, without another copy.
[[nodiscard]] result<> hand_over(const std::string& copy, const std::string& to, std::span<const own_file> own);

/// The first step of it: the pages of `from`, as one snapshot, into the file `to`, without a log beside it.
[[nodiscard]] result<> copy_database(
    const std::string& from, const std::string& to, const std::function<bool()>& wants_stop = [] { return false; });

struct backup_facts {
    int schema_version = 0;
    std::uint64_t tenants = 0;
    std::uint64_t connections = 0;
    std::uint64_t last_audit_seq = 0;
};

/// Would a server start with this file? Checks that it is ours, not newer than this program, whole, and - when keys
/// are given - made under them. The audit chain is checked by audit::verify over open_read_only.
[[nodiscard]] result<backup_facts> check_backup(const std::string& file, const std::optional<known_keys>& keys);

}  // namespace hourkey::store
