#include "linking/verdict.hpp"

#include "linking/finding_store.hpp"
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

}  // namespace

task<result<>> verdict_keeper::keep_nothing_but(records of, store::origin from) const {
    std::function<result<>(store::transaction&)> note = [of = std::move(of)](store::transaction& tx) {
        return append_all(tx, of);
    };
    co_return co_await database_.write<void>(std::move(note), from);
}

task<result<>> verdict_keeper::keep_finding(tenancy::asker by, finding f) const {
    findings_.add(f);
    // Whether the asker may still know is asked in the same transaction; that it is stored does not depend on it.
    std::function<result<told>(store::transaction&)> work =
        [f, by = std::move(by)](store::transaction& tx) -> result<told> {
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
        findings_.settle(f.seen, f.at);
        if (stored->instead) co_return *std::move(stored->instead);
        co_return result<>();
    }
    host_.tell_unstored(f, stored.error());
    auto why = std::move(stored).error();
    why.message = "The connection was found " + std::string(to_text(f.state)) +
                  ", which could not be stored yet. It does not vend all the same.";
    why.hint = "Mend the role's trust policy. hourkey stores its finding as soon as it can; verify again after that.";
    co_return why;
}

/// Pending or active: the asker's change, in one transaction with its records.
task<result<>> verdict_keeper::keep_change(tenancy::asker by, model::connection seen, model::connection_state state,
                                           records of) const {
    std::function<result<>(store::transaction&)> work = [seen, state, by, of](store::transaction& tx) -> result<> {
        HK_CHECK(tenancy::check_asker(tx, by));
        HK_TRY(const auto current, tx.find_connection(seen.tenant_id, seen.name));
        HK_CHECK(check_link(seen, current));
        if (current->revision != seen.revision)
            return failure(errc::revision_mismatch, "Another verification ended meanwhile.", "Verify it again.");
        HK_TRY(const auto done, tx.set_connection_state(seen.tenant_id, seen.name, state, tx.now(), {}));
        auto noted = of;
        if (!done.is_unchanged) tenancy::note_states(noted.front(), done);
        return append_all(tx, noted);
    };
    const auto from = ordinary(seen);
    auto done = co_await database_.write<void>(std::move(work), from);
    if (done) {
        findings_.settle(seen, by.asked_at);  // what was found before this verification began, it has proved otherwise
        co_return result<>();
    }
    if (may_come(done.error().code)) co_return std::move(done).error();
    // Not the asker's to change any more; but the sessions were made.
    for (auto& r : of) {
        r.outcome = model::audit_outcome::denied;
        r.reason = describe(done.error().code).api;
    }
    HK_CO_CHECK(co_await keep_nothing_but(std::move(of), from));
    co_return std::move(done).error();
}

task<result<>> verdict_keeper::keep(tenancy::asker by, model::connection seen, const verification& v,
                                    wall_time now) const {
    auto of = verification_records(by, seen, v, now);
    if (!v.state) co_return co_await keep_nothing_but(std::move(of), ordinary(seen));
    if (!lowers_trust(*v.state))
        co_return co_await keep_change(std::move(by), std::move(seen), *v.state, std::move(of));
    finding found{.seen = std::move(seen), .state = *v.state, .at = now, .records = std::move(of)};
    co_return co_await keep_finding(std::move(by), std::move(found));
}

}  // namespace hourkey::linking
