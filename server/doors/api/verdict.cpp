#include "server/doors/api/verdict.hpp"

#include "obs/log.hpp"
#include "server/adapters/finding_store.hpp"
#include "server/doors/api/verification_records.hpp"
#include "server/doors/change.hpp"

namespace hourkey::server {
namespace {

using model::connection_state;
using records = std::vector<model::audit_record>;

/// Whether the change was refused, or may come yet.
bool may_come(errc code) { return is_of_store(code) || code == errc::outcome_unknown || code == errc::internal; }

/// What was verified: still there, and still the same link?
result<> check_link(const model::connection& seen, const std::optional<model::connection>& current) {
    if (current && linking::is_same_link(seen, *current)) return {};
    return failure(errc::revision_mismatch, "The connection was changed during its verification.", "Verify it again.");
}

/// What the asker is told instead of the finding, which is stored.
struct told {
    told() = default;  // no aggregate: one would be made of any failure, also of that of the write
    std::optional<failure> instead;
};

task<result<>> keep_finding(services& with, ulid asker, linking::finding f) {
    with.findings.add(f);
    // Whether the asker may still know is asked in the same transaction; that it is stored does not depend on it.
    std::function<result<told>(store::transaction&)> work =
        [f, asker, &clock = with.clock](store::transaction& tx) -> result<told> {
        HK_TRY(const auto before, store_finding(tx, f));
        told out;
        if (const auto may = check_asker(tx, asker, clock.now()); !may) {
            out.instead = may.error();
        } else if (const auto same = check_link(f.seen, before); !same) {
            out.instead = same.error();
        }
        return out;
    };
    const auto origin = origin_of(f);
    auto stored = co_await with.database.write<told>(std::move(work), origin);
    if (stored) {
        with.findings.settle(f.seen, f.at);
        if (stored->instead) co_return *std::move(stored->instead);
        co_return result<>();
    }
    obs::log(obs::level::warn,
             "a finding against a connection could not be stored yet; the connection does not vend all the same",
             {{"tenant_id", f.seen.tenant_id.str()},
              {"connection", f.seen.name.str()},
              {"state", to_text(f.state)},
              {"cause", stored.error().cause}});
    auto why = std::move(stored).error();
    why.message = "The connection was found " + std::string(to_text(f.state)) +
                  ", which could not be stored yet. It does not vend all the same.";
    why.hint = "Mend the role's trust policy. hourkey stores its finding as soon as it can; verify again after that.";
    co_return why;
}

/// Pending or active: the asker's change, in one transaction with its records.
task<result<>> keep_change(services& with, ulid asker, const model::connection& seen, connection_state state,
                           wall_time began, records of) {
    std::function<result<>(store::transaction&)> work = [seen, state, asker, of,
                                                         &clock = with.clock](store::transaction& tx) -> result<> {
        const auto now = clock.now();
        HK_CHECK(check_asker(tx, asker, now));
        HK_TRY(const auto current, tx.find_connection(seen.tenant_id, seen.name));
        HK_CHECK(check_link(seen, current));
        if (current->revision != seen.revision)
            return failure(errc::revision_mismatch, "Another verification ended meanwhile.", "Verify it again.");
        HK_TRY(const auto done, tx.set_connection_state(seen.tenant_id, seen.name, state, now, {}));
        auto noted = of;
        if (!done.is_unchanged) note_states(noted.front(), done);
        return append_all(tx, noted);
    };
    const store::origin from{.whose = seen.tenant_id, .what_for = store::purpose::ordinary};
    auto done = co_await with.database.write<void>(std::move(work), from);
    if (done) {
        with.findings.settle(seen, began);  // what was found before this verification began, it has proved otherwise
        co_return result<>();
    }
    if (may_come(done.error().code)) co_return std::move(done).error();
    // Not the asker's to change any more; but the sessions were made.
    for (auto& r : of) {
        r.outcome = model::audit_outcome::denied;
        r.reason = describe(done.error().code).api;
    }
    std::function<result<>(store::transaction&)> note = [of](store::transaction& tx) { return append_all(tx, of); };
    HK_CO_CHECK(co_await with.database.write<void>(std::move(note), from));
    co_return std::move(done).error();
}

}  // namespace

task<result<>> keep_verdict(services& with, const call& what, const model::connection& seen,
                            const linking::verification& v) {
    const auto now = with.clock.now();
    auto of = verification_records(what, seen, v, now);
    if (!v.state) {
        std::function<result<>(store::transaction&)> note = [of = std::move(of)](store::transaction& tx) {
            return append_all(tx, of);
        };
        const store::origin from{.whose = seen.tenant_id, .what_for = store::purpose::ordinary};
        co_return co_await with.database.write<void>(std::move(note), from);
    }
    if (!linking::lowers_trust(*v.state))
        co_return co_await keep_change(with, what.caller.token_id, seen, *v.state, what.now, std::move(of));
    linking::finding found{.seen = seen, .state = *v.state, .at = now, .records = std::move(of)};
    co_return co_await keep_finding(with, what.caller.token_id, std::move(found));
}

}  // namespace hourkey::server
