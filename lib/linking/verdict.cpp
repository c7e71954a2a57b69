#include "linking/verdict.hpp"

#include "linking/finding_store.hpp"
#include "linking/verification_jobs.hpp"
#include "linking/verification_records.hpp"
#include "tenancy/change.hpp"

namespace hourkey::linking {
namespace {

/// Whether the change was refused, or may come yet.
bool may_come(errc code) { return is_of_store(code) || code == errc::outcome_unknown || code == errc::internal; }

/// What was verified: still there, and still the same link?
result<> check_link(const model::connection& seen, const std::optional<model::connection>& current) {
    if (current && is_same_link(seen, *current)) return {};
    return failure(errc::revision_mismatch, "The connection was changed during its verification.", "Verify it again.");
}

/// What the asker is told instead of the finding, which is stored.
struct told {
    told() = default;  // no aggregate: one would be made of any failure, also of that of the write
    std::optional<failure> instead;
};

store::origin ordinary(const model::connection& seen) {
    return {.whose = seen.tenant_id, .what_for = store::purpose::ordinary};
}

/// Whether somebody vouches for what is found: whoever asked, or whoever had it verified before.
bool may_raise(const tenancy::asker& by, const model::connection& seen) {
    return !by.is_server() || model::may_vend(seen.state);
}

}  // namespace

/// The connection keeps its state, but has been looked at.
task<result<>> verdict_keeper::keep_no_state(ended_verification v, records of) const {
    const auto from = ordinary(v.seen);
    std::function<result<>(store::transaction&)> note = [v = std::move(v),
                                                         of = std::move(of)](store::transaction& tx) -> result<> {
        const auto current = tx.find_connection(v.seen.tenant_id, v.seen.name);
        if (current && check_link(v.seen, *current))
            HK_CHECK(tx.set_connection_state(v.seen.tenant_id, v.seen.name, std::nullopt, v.at, {}));
        HK_CHECK(append_all(tx, of));
        return end(tx, v.unfinished);
    };
    co_return co_await database_.write<void>(std::move(note), from);
}

task<result<>> verdict_keeper::keep_finding(ended_verification v, records of) const {
    const finding f{.seen = std::move(v.seen),
                    .state = *v.found.state,
                    .at = v.at,
                    .records = std::move(of),
                    .unfinished = std::move(v.unfinished)};
    const auto number = findings_.add(f);
    // Whether the asker may still know is asked in the same transaction; that it is stored does not depend on it.
    std::function<result<told>(store::transaction&)> work =
        [f, by = std::move(v.by)](store::transaction& tx) -> result<told> {
        HK_TRY(const auto before, store_finding(tx, f));
        told out;
        if (const auto may = tenancy::check_asker(tx, by); !may) {
            out.instead = may.error();
        } else if (const auto same = check_link(f.seen, before); !same) {
            out.instead = same.error();
        }
        return out;
    };
    const auto origin = origin_of(f);
    auto stored = co_await database_.write<told>(std::move(work), origin);
    if (stored) {
        findings_.settle(number);
        if (stored->instead) co_return *std::move(stored->instead);
        co_return result<>();
    }
    findings_.put_down(number);
    host_.tell_unstored(f, stored.error());
    auto why = std::move(stored).error();
    why.message = "The connection was found " + std::string(to_text(f.state)) +
                  ", which could not be stored yet. It does not vend all the same.";
    why.hint = "Mend the role's trust policy. hourkey stores its finding as soon as it can; verify again after that.";
    co_return why;
}

std::optional<model::job> verdict_keeper::plan_next(const ended_verification& v) const {
    const auto due = next_recheck(v.at, host_.verify_every(), host_.random());
    if (!due || !v.by.tenant) return std::nullopt;
    return recheck(tenancy::the_server(v.at, v.seen.tenant_id, *v.by.tenant), v.seen.name, v.at, *due);
}

/// Pending or active: the asker's change, in one transaction with its records.
task<result<>> verdict_keeper::keep_change(ended_verification v, records of) const {
    const auto state = *v.found.state;
    const auto next = state == model::connection_state::active ? plan_next(v) : std::nullopt;
    std::function<result<>(store::transaction&)> work = [v, of, state, next](store::transaction& tx) -> result<> {
        HK_CHECK(tenancy::check_asker(tx, v.by));
        HK_TRY(const auto current, tx.find_connection(v.seen.tenant_id, v.seen.name));
        HK_CHECK(check_link(v.seen, current));
        if (current->revision != v.seen.revision)
            return failure(errc::revision_mismatch, "Another verification ended meanwhile.", "Verify it again.");
        HK_TRY(const auto done, tx.set_connection_state(v.seen.tenant_id, v.seen.name, state, tx.now(), {}));
        auto noted = of;
        if (!done.is_unchanged) tenancy::note_states(noted.front(), done);
        HK_CHECK(append_all(tx, noted));
        if (next) HK_CHECK(tx.put_job(*next));
        return end(tx, v.unfinished);
    };
    const auto from = ordinary(v.seen);
    auto done = co_await database_.write<void>(std::move(work), from);
    if (done || may_come(done.error().code)) co_return done;
    // Not the asker's to change any more; but the sessions were made.
    for (auto& r : of) {
        r.outcome = model::audit_outcome::denied;
        r.reason = describe(done.error().code).api;
    }
    HK_CO_CHECK(co_await keep_no_state(std::move(v), std::move(of)));
    co_return std::move(done).error();
}

task<result<>> verdict_keeper::keep(ended_verification v) const {
    auto of = verification_records(v.by, v.seen, v.found, v.at);
    if (!v.found.state) co_return co_await keep_no_state(std::move(v), std::move(of));
    if (lowers_trust(*v.found.state)) co_return co_await keep_finding(std::move(v), std::move(of));
    if (!may_raise(v.by, v.seen)) co_return co_await keep_no_state(std::move(v), std::move(of));
    co_return co_await keep_change(std::move(v), std::move(of));
}

}  // namespace hourkey::linking
