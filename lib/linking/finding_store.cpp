#include "linking/finding_store.hpp"

#include "tenancy/change.hpp"

namespace hourkey::linking {
namespace {

using model::connection_state;

/// Does what was found still say something about the row? A link that was changed meanwhile must not inherit it, and a
/// later verification knows better, but for an open role: that is believed whichever ends first.
bool still_holds(const finding& f, const std::optional<model::connection>& current) {
    if (!current || !is_same_link(f.seen, *current) || current->state == f.state) return false;
    if (f.state == connection_state::insecure_trust || current->revision == f.seen.revision) return true;
    return current->state != connection_state::insecure_trust &&
           !(current->verified_at && *current->verified_at > f.at);
}

}  // namespace

result<> append_all(store::transaction& tx, const std::vector<model::audit_record>& of) {
    for (const auto& r : of) HK_CHECK(tx.append_audit(r));
    return {};
}

result<std::optional<model::connection>> store_finding(store::transaction& tx, const finding& f) {
    HK_TRY(auto current, tx.find_connection(f.seen.tenant_id, f.seen.name));
    auto of = f.records;
    if (still_holds(f, current)) {
        HK_TRY(const auto done, tx.set_connection_state(f.seen.tenant_id, f.seen.name, f.state, f.at, {}));
        tenancy::note_states(of.front(), done);  // the verification's own record
    }
    HK_CHECK(append_all(tx, of));
    return current;
}

store::origin origin_of(const finding& f) {
    return {.whose = f.seen.tenant_id, .what_for = store::purpose::takes_rights_away};
}

task<> store_open_findings(store::database& into, open_findings& from) {
    const auto open = from.all();
    for (const auto& f : open) {
        if (!into.can_take_rights_away()) co_return;
        // One whose first commit had an unknown end may have its records twice: better than not at all.
        std::function<result<>(store::transaction&)> work = [f](store::transaction& tx) -> result<> {
            HK_CHECK(store_finding(tx, f));
            return {};
        };
        const auto origin = origin_of(f);
        const auto stored = co_await into.write<void>(std::move(work), origin);
        if (stored) from.settle(f.seen, f.at);
    }
}

void store_open_findings_now(store::database& into, open_findings& from) {
    const auto open = from.all();
    for (const auto& f : open) {
        if (!into.can_take_rights_away()) return;
        std::function<result<>(store::transaction&)> work = [&f](store::transaction& tx) -> result<> {
            HK_CHECK(store_finding(tx, f));
            return {};
        };
        if (into.write_now<void>(std::move(work), origin_of(f))) from.settle(f.seen, f.at);
    }
}

}  // namespace hourkey::linking
