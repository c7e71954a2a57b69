#include "store_sqlite/connections.hpp"

#include "store_sqlite/rows.hpp"

namespace hourkey::store {

result<model::connection> read_connection(query& q, row_sealer& sealer, seal_use use) {
    const auto tenant = q.id();
    HK_TRY(auto name, read_name<connection_name>(q, "connections"));
    const auto state = model::parse_connection_state(q.text());
    if (!state) return damaged_row("connections");
    model::connection c{.tenant_id = tenant,
                        .name = std::move(name),
                        .state = *state,
                        .role_arn = {},
                        .account_id = {},
                        .region = {},
                        .external_id = {},
                        .created_at = {},
                        .verified_at = {}};
    c.role_arn = q.text();
    c.account_id = q.text();
    c.region = q.text();
    c.external_id = q.text();
    c.created_at = q.time();
    c.verified_at = q.maybe_time();
    c.revision = static_cast<std::uint64_t>(q.integer());
    const auto seal = q.bytes<sizeof(row_seal)>();
    if (!q.is_whole()) return damaged_row("connections");
    if (use == seal_use::demanded) HK_CHECK(sealer.check(c, seal));
    return c;
}

result<std::optional<model::connection>> connection_rows::find(const ulid& tenant, const connection_name& name,
                                                               seal_use use) {
    query q(find_, tenant, name);
    return find_row<model::connection>(q, [this, use](query& row) { return read_connection(row, sealer_, use); });
}

result<page<model::connection>> connection_rows::list(const ulid& tenant, const page_request& p) {
    HK_CHECK(check_name_page(p));
    query q(list_, tenant, p.cursor, std::uint64_t{p.limit + 1});
    return read_page<model::connection>(
        q, p.limit, [this](query& row) { return read_connection(row, sealer_, seal_use::demanded); },
        [](const model::connection& c) { return c.name.str(); });
}

result<> connection_rows::insert(const model::connection& c) {
    HK_CHECK(query(reserve_, c.external_id, c.tenant_id, c.name).run());
    HK_CHECK(query(insert_, c.tenant_id, c.name, to_text(c.state), c.role_arn, c.account_id, c.region, c.external_id,
                   c.created_at, c.revision, sealer_.seal(c))
                 .run());
    return {};
}

result<> connection_rows::update(const model::connection& c) {
    HK_CHECK(query(update_, c.tenant_id, c.name, to_text(c.state), c.role_arn, c.account_id, c.region, c.verified_at,
                   c.revision, sealer_.seal(c))
                 .run());
    return {};
}

result<> connection_rows::remove(const ulid& tenant, const connection_name& name) {
    HK_CHECK(query(remove_, tenant, name).run());
    return {};
}

}  // namespace hourkey::store
