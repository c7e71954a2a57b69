#include "linking/linker.hpp"

#include "linking/finding_store.hpp"
#include "tenancy/change.hpp"

namespace hourkey::linking {
namespace {

using connection_change = tenancy::change<model::connection>;

/// Behind a ULID's time, which CloudTrail has anyway.
constexpr std::size_t random_part_of_ulid = 10;

connection_change put_change(tenancy::asker by, const connection_request& wanted, std::string external_id,
                             store::precondition demanded) {
    model::connection row{.tenant_id = by.tenant_id,
                          .name = wanted.name,
                          .kind = model::connection_kind::role,
                          .state = model::connection_state::pending,
                          .role_arn = wanted.role.str(),
                          .account_id = std::string(wanted.role.account_id()),
                          .region = wanted.region.value_or(""),
                          .external_id = std::move(external_id),
                          .created_at = by.asked_at,
                          .verified_at = {},
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

task<result<verified>> linker::verify(tenancy::asker by, connection_name name, deadline until) const {
    // What was found before is stored, with its sessions, before it can be proved otherwise.
    co_await store_open_findings(database_, findings_);
    std::function<result<std::optional<model::connection>>(store::reader&)> look =
        [tenant = by.tenant_id, name](store::reader& from) { return from.find_connection(tenant, name); };
    HK_CO_TRY(const auto found, co_await database_.read<std::optional<model::connection>>(std::move(look)));
    if (!found) co_return failure(errc::not_found, "There is no such connection.");

    verification_request request{.who = by.caller,
                                 .connection = *found,
                                 .principal_arn = host_.identity().principal_arn,
                                 .wrong_external_id = host_.make_external_id(),
                                 .session_name = "hourkey-verify." + by.request_id.substr(random_part_of_ulid)};
    auto seen = co_await linking::verify(std::move(request), probe_, until);
    if (seen.steps.empty()) co_return *std::move(seen.probes.front().why);
    HK_CO_CHECK(co_await keeper_.keep(std::move(by), *found, seen, clock_.now()));
    co_return verified{.state = seen.state.value_or(as_it_stands(*found).state), .steps = std::move(seen.steps)};
}

model::connection linker::as_it_stands(model::connection row) const {
    findings_.apply_to(row);
    return row;
}

}  // namespace hourkey::linking
