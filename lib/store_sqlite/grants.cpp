#include "store_sqlite/grants.hpp"

#include "store_sqlite/rows.hpp"

#include <algorithm>

namespace hourkey::store {
namespace {

constexpr std::string_view any_app = "*";

std::string_view app_text(const std::optional<app_name>& app) noexcept {
    return app ? std::string_view(app->str()) : any_app;
}

}  // namespace

result<model::grant> read_grant(query& q, const ulid& tenant, const connection_name& connection, row_sealer& sealer,
                                seal_use use) {
    model::grant g{.tenant_id = tenant,
                   .connection = connection,
                   .app = {},
                   .max_duration = {},
                   .expires_at = {},
                   .reason = {},
                   .created_at = {}};
    if (const auto app = q.text(); app != any_app) {
        auto name = app_name::parse(app);
        if (!name) return damaged_row("grants");
        g.app = *std::move(name);
    }
    if (const auto seconds = q.maybe_integer()) g.max_duration = std::chrono::seconds(*seconds);
    g.expires_at = q.maybe_time();
    g.reason = q.text();
    g.created_at = q.time();
    g.revision = static_cast<std::uint64_t>(q.integer());
    const auto seal = q.bytes<sizeof(row_seal)>();
    if (!q.is_whole()) return damaged_row("grants");
    if (use == seal_use::demanded) HK_CHECK(sealer.check(g, seal));
    return g;
}

/// The same columns of a left join, which are all NULL where there is no such grant.
result<std::optional<model::grant>> grant_rows::read_joined(query& q, const ulid& tenant,
                                                            const connection_name& connection) {
    if (q.is_null()) {
        const auto columns = 1 + std::ranges::count(std::string_view(grant_columns), ',');
        for (auto i = columns; i > 0; --i) q.skip();
        return std::optional<model::grant>();
    }
    HK_TRY(auto g, read_grant(q, tenant, connection, sealer_, seal_use::demanded));
    return std::optional(std::move(g));
}

result<std::optional<model::grant>> grant_rows::find(const ulid& tenant, const connection_name& connection,
                                                     const std::optional<app_name>& app, seal_use use) {
    query q(find_, tenant, connection, app_text(app));
    return find_row<model::grant>(q, [&](query& row) { return read_grant(row, tenant, connection, sealer_, use); });
}

result<page<model::grant>> grant_rows::list(const ulid& tenant, const connection_name& connection,
                                            const page_request& p) {
    HK_TRY(const auto after, read_place(cursor_of::grants, p));
    query q(list_, tenant, connection, after, std::uint64_t{p.limit + 1});
    return read_page<model::grant>(
        cursor_of::grants, q, p.limit,
        [&](query& row) { return read_grant(row, tenant, connection, sealer_, seal_use::demanded); },
        [](const model::grant& g) { return std::string(app_text(g.app)); });
}

result<model::vend_facts> grant_rows::find_vend_facts(const ulid& tenant, const app_name& app,
                                                      const connection_name& connection) {
    model::vend_facts facts;
    query q(vend_facts_, tenant, connection, app);
    HK_TRY(const bool has_row, q.next());
    if (!has_row) return facts;
    HK_TRY(facts.connection, read_connection(q, sealer_, seal_use::demanded));
    HK_TRY(facts.app_grant, read_joined(q, tenant, connection));
    HK_TRY(facts.any_grant, read_joined(q, tenant, connection));
    return facts;
}

result<> grant_rows::insert(const model::grant& g) {
    HK_CHECK(query(insert_, g.tenant_id, g.connection, app_text(g.app), g.max_duration, g.expires_at, g.reason,
                   g.created_at, g.revision, sealer_.seal(g))
                 .run());
    return {};
}

result<> grant_rows::update(const model::grant& g) {
    HK_CHECK(query(update_, g.tenant_id, g.connection, app_text(g.app), g.max_duration, g.expires_at, g.reason,
                   g.revision, sealer_.seal(g))
                 .run());
    return {};
}

result<> grant_rows::remove(const ulid& tenant, const connection_name& connection, const std::optional<app_name>& app) {
    HK_CHECK(query(remove_, tenant, connection, app_text(app)).run());
    return {};
}

}  // namespace hourkey::store
