#include "store_sqlite/tokens.hpp"

#include "store_sqlite/rows.hpp"

namespace hourkey::store {

result<model::token> read_token(query& q, row_sealer& sealer, seal_use use) {
    model::token t;
    t.id = q.id();
    const auto role = model::parse_role(q.text());
    if (!role) return damaged_row("tokens");
    t.role = *role;
    if (q.is_null()) {
        q.skip();
        q.skip();
    } else {
        t.tenant_id = q.id();
        HK_TRY(t.tenant, read_name<tenant_name>(q, "tenants"));
    }
    if (q.is_null()) {
        q.skip();
    } else {
        HK_TRY(t.app, read_name<app_name>(q, "tokens"));
    }
    if (q.is_null()) {
        q.skip();
    } else {
        HK_TRY(t.stage, read_name<stage_name>(q, "tokens"));
    }
    const auto key = q.integer();
    if (key < 1 || key > UINT8_MAX) return damaged_row("tokens");
    t.key = static_cast<std::uint8_t>(key);
    t.mac = q.digest();
    t.created_at = q.time();
    t.expires_at = q.time();
    t.last_used_at = q.maybe_time();
    t.revoked_at = q.maybe_time();
    const auto seal = q.bytes<sizeof(row_seal)>();
    if (!q.is_whole()) return damaged_row("tokens");
    if (use == seal_use::demanded) HK_CHECK(sealer.check(t, seal));
    return t;
}

result<std::optional<model::token>> token_rows::find(const ulid& id) {
    query q(find_, id);
    return find_row<model::token>(q, [this](query& row) { return read_token(row, sealer_, seal_use::demanded); });
}

result<std::optional<model::token>> token_rows::find_of_tenant(const ulid& tenant, const ulid& id, seal_use use) {
    const auto owner = nil_as_null(tenant);
    query q(find_of_tenant_, owner, id);
    return find_row<model::token>(q, [this, use](query& row) { return read_token(row, sealer_, use); });
}

result<page<model::token>> token_rows::list(const ulid& tenant, const page_request& p) {
    HK_TRY(const auto place, read_place(cursor_of::tokens, p));
    ulid after;
    if (!place.empty()) {
        HK_TRY(after, ulid::parse(place));
    }
    const auto owner = nil_as_null(tenant);
    query q(list_, owner, after, std::uint64_t{p.limit + 1});
    return read_page<model::token>(
        cursor_of::tokens, q, p.limit, [this](query& row) { return read_token(row, sealer_, seal_use::demanded); },
        [](const model::token& t) { return t.id.str(); });
}

result<> token_rows::insert(const model::token& t) {
    const auto owner = nil_as_null(t.tenant_id);
    HK_CHECK(query(insert_, t.id, to_text(t.role), owner, t.app, t.stage, std::uint64_t{t.key}, t.mac, t.created_at,
                   t.expires_at, t.last_used_at, t.revoked_at, sealer_.seal(t))
                 .run());
    return {};
}

result<> token_rows::revoke(const model::token& revoked) {
    const auto owner = nil_as_null(revoked.tenant_id);
    HK_CHECK(query(revoke_, owner, revoked.id, revoked.revoked_at, sealer_.seal(revoked)).run());
    return {};
}

result<> token_rows::revoke_all_of_app(const ulid& tenant, const app_name& app, wall_time at) {
    for (;;) {
        std::optional<model::token> live;
        {
            query q(of_app_, tenant, app);
            HK_TRY(live, find_row<model::token>(
                             q, [this](query& row) { return read_token(row, sealer_, seal_use::waived); }));
        }
        if (!live) return {};
        live->revoked_at = at;
        HK_CHECK(revoke(*live));
    }
}

result<> token_rows::touch(const ulid& tenant, const ulid& id, wall_time used_at) {
    const auto owner = nil_as_null(tenant);
    HK_CHECK(query(touch_, owner, id, used_at).run());
    return {};
}

}  // namespace hourkey::store
