#include "store_sqlite/connections.hpp"

#include "core/text_or_empty.hpp"
#include "model/audit_target.hpp"
#include "store_sqlite/rows.hpp"

namespace hourkey::store {

namespace {

/// A role or an account that is not known yet is NULL.
std::optional<std::string_view> empty_as_null(std::string_view text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

/// None for NULL and for no text. What is no value is none too, and `unread` is told the column.
template <class Value>
std::optional<Value> read_value(query& q, std::string_view column, std::string_view& unread) {
    if (q.is_null()) {
        q.skip();
        return std::nullopt;
    }
    const auto text = q.text();
    if (text.empty()) return std::nullopt;
    auto value = Value::parse(text);
    if (value) return *std::move(value);
    if (unread.empty()) unread = column;
    return std::nullopt;
}

}  // namespace

result<found_connection> read_any_connection(query& q) {
    const auto tenant = q.id();
    HK_TRY(auto name, read_name<connection_name>(q, "connections"));
    const auto kind = model::parse_connection_kind(q.text());
    const auto state = model::parse_connection_state(q.text());
    std::string_view unread;
    auto role = read_value<aws::role_arn>(q, "role_arn", unread);
    const auto account = read_value<aws::account_id>(q, "account_id", unread);
    auto region = read_value<aws::region>(q, "region", unread);
    auto external_id = read_value<aws::external_id>(q, "external_id", unread);
    const auto capabilities = model::connection_capabilities::parse(q.text());
    if (!kind || !state || !external_id || !capabilities) return damaged_row("connections");
    found_connection found{.row = {.tenant_id = tenant,
                                   .name = std::move(name),
                                   .kind = *kind,
                                   .state = *state,
                                   .role_arn = std::move(role),
                                   .account_id = account,
                                   .region = std::move(region),
                                   .external_id = *std::move(external_id),
                                   .capabilities = *capabilities,
                                   .created_at = {},
                                   .verified_at = {},
                                   .last_checked_at = {}},
                           .unread = unread};
    auto& c = found.row;
    c.created_at = q.time();
    c.verified_at = q.maybe_time();
    c.last_checked_at = q.maybe_time();
    c.default_region = read_value<aws::region>(q, "default_region", found.unread);
    const auto sharing = model::session_sharing_of(q.integer());
    if (!sharing) return damaged_row("connections");
    c.sharing = *sharing;
    c.revision = static_cast<std::uint64_t>(q.integer());
    found.seal = q.bytes<sizeof(row_seal)>();
    if (!q.is_whole()) return damaged_row("connections");
    return found;
}

result<> found_connection::check(row_sealer& sealer) const {
    if (!unread.empty()) return sealer.not_ours(model::target_of(row.name), unread);
    return sealer.check(row, seal);
}

result<model::connection> read_connection(query& q, row_sealer& sealer, seal_use use) {
    HK_TRY(auto found, read_any_connection(q));
    if (use == seal_use::demanded) HK_CHECK(found.check(sealer));
    return std::move(found.row);
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
    HK_CHECK(query(reserve_, c.external_id.str(), c.tenant_id, c.name).run());
    const auto role = empty_as_null(text_or_empty(c.role_arn)), account = empty_as_null(text_or_empty(c.account_id)),
               default_region = empty_as_null(text_or_empty(c.default_region));
    HK_CHECK(query(insert_, c.tenant_id, c.name, to_text(c.kind), to_text(c.state), role, account,
                   text_or_empty(c.region), c.external_id.str(), c.capabilities.str(), c.created_at, c.verified_at,
                   c.last_checked_at, default_region, static_cast<std::int64_t>(c.sharing), c.revision, sealer_.seal(c))
                 .run());
    return {};
}

result<> connection_rows::update(const model::connection& c) {
    const auto role = empty_as_null(text_or_empty(c.role_arn)), account = empty_as_null(text_or_empty(c.account_id)),
               default_region = empty_as_null(text_or_empty(c.default_region));
    HK_CHECK(query(update_, c.tenant_id, c.name, to_text(c.kind), to_text(c.state), role, account,
                   text_or_empty(c.region), c.capabilities.str(), c.verified_at, c.last_checked_at, default_region,
                   static_cast<std::int64_t>(c.sharing), c.revision, sealer_.seal(c))
                 .run());
    return {};
}

result<> connection_rows::remove(const ulid& tenant, const connection_name& name) {
    HK_CHECK(query(remove_, tenant, name).run());
    return {};
}

}  // namespace hourkey::store
