#include "linking/finding_store.hpp"

#include "tenancy/change.hpp"

#include <utility>

namespace hourkey::linking {
namespace {

using model::connection_state;

/// Does what was found still say something about the row? A link that was changed meanwhile must not inherit it, and a
/// later verification knows better, but for an open role: that is believed whichever ends first.
bool still_holds(const finding& f, const std::optional<model::connection>& current) {
    if (!current || !is_same_link(f.seen, *current) || current->state == f.state) return false;
    if (current->state == connection_state::disabled) return false;
    if (f.state == connection_state::insecure_trust || current->revision == f.seen.revision) return true;
    return current->state != connection_state::insecure_trust &&
           !(current->verified_at && *current->verified_at > f.at);
}

}  // namespace

result<> append_all(store::transaction& tx, const std::vector<model::audit_record>& of) {
    for (const auto& r : of) HK_CHECK(tx.append_audit(r));
    return {};
}

result<> end(store::transaction& tx, const std::optional<model::job>& unfinished) {
    return unfinished ? tx.end_job(*unfinished) : result<>();
}

result<std::optional<model::connection>> store_finding(store::transaction& tx, const finding& f) {
    HK_TRY(auto current, tx.find_connection(f.seen.tenant_id, f.seen.name));
    auto of = f.records;
    if (still_holds(f, current)) {
        HK_TRY(const auto done, tx.set_connection_state(f.seen.tenant_id, f.seen.name, f.state, f.at, {}));
        tenancy::note_states(of.front(), done);  // the verification's own record
    }
    HK_CHECK(append_all(tx, of));
    HK_CHECK(end(tx, f.unfinished));
    return current;
}

store::origin origin_of(const finding& f) {
    return {.whose = f.seen.tenant_id, .what_for = store::purpose::takes_rights_away};
}

namespace {

task<result<>> store_held(open_findings::held h, store::database& into, open_findings& from) {
    const auto origin = origin_of(h.what);
    std::function<result<>(store::transaction&)> work = [f = std::move(h.what)](store::transaction& tx) -> result<> {
        HK_CHECK(store_finding(tx, f));
        return {};
    };
    auto stored = co_await into.write<void>(std::move(work), origin);
    if (stored) {
        from.settle(h.number);
    } else {
        from.put_down(h.number);
    }
    co_return stored;
}

}  // namespace

task<> store_open_findings(store::database& into, open_findings& from) {
    if (!into.can_take_rights_away()) co_return;
    auto open = from.take();
    for (auto& h : open) static_cast<void>(co_await store_held(std::move(h), into, from));
}

task<result<>> store_open_findings_of(model::connection c, store::database& into, open_findings& from) {
    auto open = from.take_of(c);
    result<> all;
    for (auto& h : open) {
        auto stored = co_await store_held(std::move(h), into, from);
        if (!stored) all = std::move(stored);
    }
    co_return all;
}

void store_open_findings_now(store::database& into, open_findings& from) {
    if (!into.can_take_rights_away()) return;
    for (const auto& h : from.all()) {
        std::function<result<>(store::transaction&)> work = [&h](store::transaction& tx) -> result<> {
            HK_CHECK(store_finding(tx, h.what));
            return {};
        };
        if (into.write_now<void>(std::move(work), origin_of(h.what))) from.settle(h.number);
    }
}

}  // namespace hourkey::linking
