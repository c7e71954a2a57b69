#pragma once

#include "core/task.hpp"
#include "model/audit_record.hpp"
#include "model/audit_target.hpp"
#include "model/audited_state.hpp"
#include "store/database.hpp"
#include "tenancy/asker.hpp"

#include <functional>
#include <string>
#include <utility>

namespace hourkey::tenancy {

/// What a change's record says beside who and when.
struct audit_note {
    model::audit_action action{};
    std::string target;  ///< "connections/prod"
    std::string connection{};
    std::string app{};
    std::string role_arn{};
    std::string reason{};
};

[[nodiscard]] model::audit_record begin_record(const asker& by, const audit_note& note, wall_time now);

/// Puts what was found and what was left into a change's record.
template <class Row>
void note_states(model::audit_record& record, const store::row_change<Row>& done) {
    if (done.before) record.detail.before = model::audited_state(*done.before);
    if (done.after) record.detail.after = model::audited_state(*done.after);
}

/// Whether who asked is still good, as the transaction sees it.
[[nodiscard]] result<> check_asker(store::transaction& tx, const asker& by);

/// An administrative change that is ready to be made. It owns what it uses: the request may be answered before it runs,
/// and it may run more than once.
template <class Row>
struct change {
    using outcome = store::row_change<Row>;

    asker by;
    audit_note note;
    /// Does it at the record's time. May amend the record by what only the transaction knows.
    std::function<result<outcome>(store::transaction&, model::audit_record&)> work;
    store::purpose purpose = store::purpose::ordinary;

    /// It and its record, or neither; what changes nothing has no record. The asker's token is checked again, so that a
    /// revoked admin's change in flight does not land. What it gives is what this transaction found and left: another
    /// change may have followed by the time it is answered.
    [[nodiscard]] result<outcome> run(store::transaction& tx) const {
        HK_CHECK(check_asker(tx, by));
        auto record = begin_record(by, note, tx.now());
        auto done = work(tx, record);
        if (!done || done->is_unchanged) return done;
        note_states(record, *done);
        HK_CHECK(tx.append_audit(std::move(record)));
        return done;
    }
    [[nodiscard]] store::origin origin() const { return {.whose = by.tenant_id, .what_for = purpose}; }
};

template <class Row>
[[nodiscard]] task<result<store::row_change<Row>>> make(store::database& in, change<Row> wanted) {
    using outcome = store::row_change<Row>;
    const auto from = wanted.origin();
    std::function<result<outcome>(store::transaction&)> work = [wanted = std::move(wanted)](store::transaction& tx) {
        return wanted.run(tx);
    };
    co_return co_await in.write<outcome>(std::move(work), from);
}

/// The same without a reactor: for the command line and the newcomer's mode.
template <class Row>
[[nodiscard]] result<store::row_change<Row>> make_now(store::database& in, const change<Row>& wanted) {
    using outcome = store::row_change<Row>;
    std::function<result<outcome>(store::transaction&)> work = [&wanted](store::transaction& tx) {
        return wanted.run(tx);
    };
    return in.write_now<outcome>(std::move(work), wanted.origin());
}

}  // namespace hourkey::tenancy
