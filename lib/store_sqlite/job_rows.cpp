#include "store_sqlite/job_rows.hpp"

#include "store_sqlite/rows.hpp"

namespace hourkey::store {
namespace {

result<model::job> read_job(query& q) {
    model::job j;
    const auto kind = model::parse_job_kind(q.text());
    j.key.tenant_id = q.id();
    j.key.target = q.text();
    j.id = q.id();
    auto detail = model::audit_fields::parse(q.text());
    j.created_at = q.time();
    j.next_at = q.time();
    j.attempts = q.small_integer();
    j.last_error = q.text();
    if (q.is_null()) {
        q.skip();
        q.skip();
    } else {
        const auto owner = q.id();
        j.lease = model::job_lease{.owner = owner, .until = q.time()};
    }
    if (!kind || !q.is_whole()) return damaged_row("jobs");
    j.key.kind = *kind;
    if (detail) j.detail = *std::move(detail);  // what nobody can read is about nothing: it stands in no other's way
    return j;
}

std::optional<ulid> owner_of(const model::job& j) { return j.lease ? std::optional(j.lease->owner) : std::nullopt; }
std::optional<wall_time> end_of(const model::job& j) { return j.lease ? std::optional(j.lease->until) : std::nullopt; }

}  // namespace

result<std::optional<model::job>> job_rows::find(const model::job_key& key) {
    query q(find_, to_text(key.kind), key.tenant_id, key.target);
    return find_row<model::job>(q, read_job);
}

result<std::vector<model::job>> job_rows::list_due(model::job_kind kind, wall_time now, std::size_t limit) {
    std::vector<model::job> out;
    query q(due_, to_text(kind), now, now + model::longest_lease, std::uint64_t{limit});
    for (;;) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) return out;
        HK_TRY(auto j, read_job(q));
        out.push_back(std::move(j));
    }
}

result<std::vector<model::connection_place>> job_rows::list_connections_without(model::job_kind kind, wall_time due_by,
                                                                                std::size_t limit) {
    std::vector<model::connection_place> out;
    query q(without_, to_text(kind), due_by, std::uint64_t{limit});
    for (;;) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) return out;
        const auto tenant_id = q.id();
        HK_TRY(auto tenant, read_name<tenant_name>(q, "tenants"));
        HK_TRY(auto name, read_name<connection_name>(q, "connections"));
        if (!q.is_whole()) return damaged_row("connections");
        out.push_back({.tenant_id = tenant_id, .tenant = std::move(tenant), .name = std::move(name)});
    }
}

result<> job_rows::write(statement& into, const model::job& j) {
    const auto detail = j.detail.canonical();
    const auto owner = owner_of(j);
    const auto until = end_of(j);
    HK_CHECK(query(into, to_text(j.key.kind), j.key.tenant_id, j.key.target, j.id, detail, j.created_at, j.next_at,
                   std::uint64_t{j.attempts}, j.last_error, owner, until)
                 .run());
    return {};
}

result<> job_rows::insert(const model::job& j) { return write(insert_, j); }
result<> job_rows::update(const model::job& j) { return write(update_, j); }

result<> job_rows::remove(const model::job_key& key) {
    HK_CHECK(query(remove_, to_text(key.kind), key.tenant_id, key.target).run());
    return {};
}

result<> job_rows::end_leases() {
    HK_CHECK(query(end_leases_).run());
    return {};
}

}  // namespace hourkey::store
