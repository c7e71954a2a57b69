#pragma once

#include "core/task.hpp"
#include "linking/open_findings.hpp"
#include "model/audit_record.hpp"
#include "model/connection.hpp"
#include "store/database.hpp"

#include <optional>
#include <vector>

namespace hourkey::linking {

/// Gives the connection the state that was found, unless it no longer is what was verified, and appends the finding's
/// records. Returns the row as it was.
[[nodiscard]] result<std::optional<model::connection>> store_finding(store::transaction& tx, const finding& f);
/// Below the disk's floor too: the connection vends no more.
[[nodiscard]] store::origin origin_of(const finding& f);
[[nodiscard]] result<> append_all(store::transaction& tx, const std::vector<model::audit_record>& of);
/// With the verdict that it was there for.
[[nodiscard]] result<> end(store::transaction& tx, const std::optional<model::job>& unfinished);

/// Stores what could not be stored before, and whoever had it in hand has put down.
[[nodiscard]] task<> store_open_findings(store::database& into, open_findings& from);
/// The same for one link, which fails when one is left.
[[nodiscard]] task<result<>> store_open_findings_of(model::connection c, store::database& into, open_findings& from);
/// All, at the end, when no coroutine runs any more. One whose commit had an unknown end may have its records twice:
/// better than not at all.
void store_open_findings_now(store::database& into, open_findings& from);

}  // namespace hourkey::linking
