#pragma once

#include "core/task.hpp"
#include "model/audit_target.hpp"
#include "server/adapters/state_note.hpp"
#include "server/doors/call.hpp"
#include "server/services.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace hourkey::server {

/// What an administrative change's record says beside who and when.
struct change_note {
    model::audit_action action{};
    std::string target;  ///< "connections/prod"
    std::string connection;
    std::string app;
    std::string role_arn;
    std::string reason;
    store::purpose purpose = store::purpose::ordinary;  ///< a DELETE takes rights away in any case
};

[[nodiscard]] model::audit_record change_record(const call& what, const change_note& note, wall_time now);

/// What If-Match (`"7"`) and If-None-Match (`*`) demand; nothing when neither is there. Other forms are refused.
[[nodiscard]] result<store::precondition> read_precondition(const http::request& r);

/// Whether who asked may still: their token as the transaction sees it.
[[nodiscard]] result<> check_asker(store::transaction& tx, const ulid& token_id, wall_time now);

/// What a change does, at the time that its record tells.
template <class Row>
using change_work = std::function<result<store::row_change<Row>>(store::transaction&, wall_time now)>;

/// Runs an administrative change and its audit record in one transaction: both are durable, or neither; what changes
/// nothing has no record. The caller's token is checked again inside, so that a revoked admin's change in flight does
/// not land. `work` owns what it uses: the request may be answered before it runs. What it returns is what that
/// transaction found and left: another change may have followed by the time it is answered.
template <class Row>
task<result<store::row_change<Row>>> change(services& with, const call& what, change_note note, change_work<Row> work) {
    using outcome = store::row_change<Row>;
    std::function<result<outcome>(store::transaction&)> whole =
        [record = change_record(what, note, what.now), who = what.caller.token_id, &clock = with.clock,
         work = std::move(work)](store::transaction& tx) mutable -> result<outcome> {
        record.time = clock.now();
        if (!who.is_nil()) HK_CHECK(check_asker(tx, who, record.time));
        auto done = work(tx, record.time);
        if (!done || done->is_unchanged) return done;
        note_states(record, *done);
        HK_CHECK(tx.append_audit(record));
        return done;
    };
    const store::origin from{
        .whose = what.tenant_id,
        .what_for = what.http.verb == http::method::delete_ ? store::purpose::takes_rights_away : note.purpose};
    co_return co_await with.database.write<outcome>(std::move(whole), from);
}

}  // namespace hourkey::server
