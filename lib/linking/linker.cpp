#include "linking/linker.hpp"

#include "linking/finding_store.hpp"
#include "linking/verification_jobs.hpp"
#include "tenancy/change.hpp"

namespace hourkey::linking {
namespace {

using connection_change = tenancy::change<model::connection>;

using places = std::vector<model::connection_place>;
/// Some milliseconds of the writer's.
constexpr std::size_t planned_at_once = 256;

/// It has a role, and nobody has taken it out of use.
result<> check_verifiable(const model::connection& c) {
    if (c.state == model::connection_state::draft)
        return failure(errc::connection_not_ready, "The connection is a draft: it has no role yet.",
                       "Give it a role_arn, then verify it.");
    if (c.state == model::connection_state::disabled)
        return failure(errc::connection_not_ready, "The connection is disabled.", "Enable it, then verify it.");
    return {};
}

connection_change put_change(tenancy::asker by, const connection_request& wanted, aws::external_id external_id,
                             store::precondition demanded) {
    model::connection row{.tenant_id = by.tenant_id,
                          .name = wanted.name,
                          .kind = model::connection_kind::role,
                          .state = model::connection_state::pending,
                          .role_arn = wanted.role,
                          .account_id = aws::account_id::of(wanted.role),
                          .region = wanted.region,
                          .external_id = std::move(external_id),
                          .created_at = by.asked_at,
                          .verified_at = {},
                          .default_region = wanted.default_region,
                          .revision = 1};
    return {.by = std::move(by),
            .note = {.action = model::audit_action::connection_put,
                     .target = model::target_of(wanted.name),
                     .connection = wanted.name.str(),
                     .role_arn = wanted.role.str()},
            .work = [row = std::move(row), demanded](store::transaction& tx, model::audit_record&) {
                return tx.put_connection(row, demanded);
            }};
}

connection_change removal(tenancy::asker by, const connection_name& name, store::precondition demanded) {
    return {.by = std::move(by),
            .note = {.action = model::audit_action::connection_delete,
                     .target = model::target_of(name),
                     .connection = name.str()},
            .work = [name, demanded](
                        store::transaction& tx,
                        model::audit_record& record) { return tx.delete_connection(record.tenant_id, name, demanded); },
            .purpose = store::purpose::takes_rights_away};
}

}  // namespace

task<result<linker::outcome>> linker::put(tenancy::asker by, connection_request wanted,
                                          store::precondition demanded) const {
    HK_CO_CHECK(check(wanted, host_));
    auto change = put_change(std::move(by), wanted, host_.make_external_id(), demanded);
    co_return co_await tenancy::make(database_, std::move(change));
}

task<result<linker::outcome>> linker::remove(tenancy::asker by, connection_name name,
                                             store::precondition demanded) const {
    auto change = removal(std::move(by), name, demanded);
    co_return co_await tenancy::make(database_, std::move(change));
}

/// What was found of it before is stored, with its sessions, before it can be proved otherwise.
task<result<std::optional<model::connection>>> linker::find(ulid tenant, connection_name name) const {
    const auto look = [tenant, name = std::move(name)](store::reader& from) {
        return from.find_connection(tenant, name);
    };
    using found = std::optional<model::connection>;
    std::function<result<found>(store::reader&)> reading = look;
    HK_CO_TRY(auto row, co_await database_.read<found>(std::move(reading)));
    if (!row || findings_.is_empty()) co_return row;
    HK_CO_CHECK(co_await store_open_findings_of(*row, database_, findings_));
    reading = look;
    co_return co_await database_.read<found>(std::move(reading));
}

task<result<model::job>> linker::put_unfinished(tenancy::asker by, connection_name name) const {
    const store::origin from{.whose = by.tenant_id, .what_for = store::purpose::ordinary};
    std::function<result<model::job>(store::transaction&)> work = [by = std::move(by),
                                                                   name = std::move(name)](store::transaction& tx) {
        return tx.put_job(unfinished_verification(by, name, tx.now()));
    };
    auto put = co_await database_.write<model::job>(std::move(work), from);
    if (put || !is_of_store(put.error().code)) co_return put;
    co_return failure(errc::audit_unavailable, {}, put.error().hint, put.error().cause);
}

task<result<>> linker::drop(model::job unfinished) const {
    const store::origin from{.whose = unfinished.key.tenant_id, .what_for = store::purpose::ordinary};
    std::function<result<>(store::transaction&)> work = [j = std::move(unfinished)](store::transaction& tx) {
        return tx.end_job(j);
    };
    co_return co_await database_.write<void>(std::move(work), from);
}

task<result<verified>> linker::verify_row(tenancy::asker by, model::connection row,
                                          std::optional<model::job> unfinished, deadline until) const {
    HK_CO_TRY(const auto id, ulid::parse(by.request_id));
    verification_request request{.who = by.caller,
                                 .connection = row,
                                 .principal_arn = host_.identity().principal_arn,
                                 .wrong_external_id = host_.make_external_id(),
                                 .request = id};
    auto found = co_await linking::verify(std::move(request), probe_, until);
    if (found.steps.empty()) {
        if (unfinished) HK_CO_CHECK(co_await drop(*std::move(unfinished)));
        co_return *std::move(found.probes.front().why);
    }
    verified out{.state = found.state.value_or(as_it_stands(row).state),
                 .is_proved = found.state.has_value(),
                 .steps = found.steps};
    ended_verification ended{.by = std::move(by),
                             .seen = std::move(row),
                             .unfinished = std::move(unfinished),
                             .found = std::move(found),
                             .at = clock_.now()};
    HK_CO_CHECK(co_await keeper_.keep(std::move(ended)));
    co_return out;
}

task<result<verified>> linker::verify(tenancy::asker by, connection_name name, deadline until) const {
    HK_CO_TRY(auto row, co_await find(by.tenant_id, name));
    if (!row) co_return failure(errc::not_found, "There is no such connection.");
    HK_CO_CHECK(check_verifiable(*row));
    HK_CO_TRY(auto unfinished, co_await put_unfinished(by, name));
    co_return co_await verify_row(std::move(by), *std::move(row), std::move(unfinished), until);
}

task<result<std::optional<verified>>> linker::verify_again(model::job j, deadline until) const {
    const auto subject = subject_of(j);
    if (!subject) co_return std::optional<verified>();
    HK_CO_TRY(auto row, co_await find(subject->tenant_id, subject->connection));
    if (!row || !check_verifiable(*row)) co_return std::optional<verified>();
    if (j.key.kind == model::job_kind::connection_recheck && !model::may_vend(row->state))
        co_return std::optional<verified>();
    auto by = tenancy::the_server(clock_.now(), subject->tenant_id, subject->tenant);
    HK_CO_TRY(auto seen, co_await verify_row(std::move(by), *std::move(row), std::nullopt, until));
    co_return std::optional(std::move(seen));
}

task<result<bool>> linker::plan_rechecks() const {
    const auto every = host_.verify_every();
    if (every == std::chrono::seconds::zero()) co_return true;
    const auto now = clock_.now();
    std::function<result<places>(store::reader&)> look = [due_by = now + every](store::reader& from) {
        return from.list_connections_without(model::job_kind::connection_recheck, due_by, planned_at_once);
    };
    HK_CO_TRY(const auto unplanned, co_await database_.list<places>(ulid(), std::move(look)));
    std::vector<model::job> planned;
    for (const auto& c : unplanned)
        planned.push_back(recheck(tenancy::the_server(now, c.tenant_id, c.tenant), c.name, now,
                                  first_recheck(now, every, host_.random())));
    std::function<result<>(store::transaction&)> work = [planned =
                                                             std::move(planned)](store::transaction& tx) -> result<> {
        for (const auto& j : planned) HK_CHECK(tx.put_job(j));
        return {};
    };
    if (!unplanned.empty()) HK_CO_CHECK(co_await database_.write<void>(std::move(work)));
    co_return unplanned.size() < planned_at_once;
}

std::optional<wall_time> linker::next_recheck() const {
    return linking::next_recheck(clock_.now(), host_.verify_every(), host_.random());
}

model::connection linker::as_it_stands(model::connection row) const {
    findings_.apply_to(row);
    return row;
}

}  // namespace hourkey::linking
