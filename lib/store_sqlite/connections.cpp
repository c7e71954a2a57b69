#include "store_sqlite/connections.hpp"

#include "store_sqlite/rows.hpp"

namespace hourkey::store {

namespace {

/// A role or an account that is not known yet is NULL.
std::optional<std::string_view> empty_as_null(std::string_view text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

std::string text_or_empty(query& q) {
    if (!q.is_null()) return std::string(q.text());
    q.skip();
    return {};
}

}  // namespace

result<model::connection> read_connection(query& q, row_sealer& sealer, seal_use use) {
    const auto tenant = q.id();
    HK_TRY(auto name, read_name<connection_name>(q, "connections"));
    const auto kind = model::parse_connection_kind(q.text());
    const auto state = model::parse_connection_state(q.text());
    if (!kind || !state) return damaged_row("connections");
    model::connection c{.tenant_id = tenant,
                        .name = std::move(name),
                        .kind = *kind,
                        .state = *state,
                        .role_arn = {},
                        .account_id = {},
                        .region = {},
                        .external_id = {},
                        .capabilities = {},
                        .created_at = {},
                        .verified_at = {},
                        .last_checked_at = {}};
    c.role_arn = text_or_empty(q);
    c.account_id = text_or_empty(q);
    c.region = q.text();
    c.external_id = q.text();
    const auto capabilities = model::connection_capabilities::parse(q.text());
    if (!capabilities) return damaged_row("connections");
    c.capabilities = *capabilities;
    c.created_at = q.time();
    c.verified_at = q.maybe_time();
    c.last_checked_at = q.maybe_time();
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
    HK_TRY(const auto after, read_place(cursor_of::connections, p));
    query q(list_, tenant, after, std::uint64_t{p.limit + 1});
    return read_page<model::connection>(
        cursor_of::connections, q, p.limit,
        [this](query& row) { return read_connection(row, sealer_, seal_use::demanded); },
        [](const model::connection& c) { return c.name.str(); });
}

result<> connection_rows::insert(const model::connection& c) {
    HK_CHECK(query(reserve_, c.external_id, c.tenant_id, c.name).run());
    const auto role = empty_as_null(c.role_arn), account = empty_as_null(c.account_id);
    HK_CHECK(query(insert_, c.tenant_id, c.name, to_text(c.kind), to_text(c.state), role, account, c.region,
                   c.external_id, c.capabilities.str(), c.created_at, c.verified_at, c.last_checked_at, c.revision,
                   sealer_.seal(c))
                 .run());
    return {};
}

result<> connection_rows::update(const model::connection& c) {
    const auto role = empty_as_null(c.role_arn), account = empty_as_null(c.account_id);
    HK_CHECK(query(update_, c.tenant_id, c.name, to_text(c.kind), to_text(c.state), role, account, c.region,
                   c.capabilities.str(), c.verified_at, c.last_checked_at, c.revision, sealer_.seal(c))
                 .run());
    return {};
}

result<> connection_rows::remove(const ulid& tenant, const connection_name& name) {
    HK_CHECK(query(remove_, tenant, name).run());
    return {};
}

}  // namespace hourkey::store
