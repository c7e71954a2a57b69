// The changes that transactions offer. Each counts itself before it starts: counting one that fails costs a reader one
// more read, not counting one that happened would let a revoked right through.

#include "store/rows.hpp"
#include "store/write_session.hpp"

namespace hourkey::store {
namespace {

/// Row that must be there, at the revision that the caller has seen.
template <class Row>
result<Row> require(result<std::optional<Row>> found, const std::optional<std::uint64_t>& expected) {
    if (!found) return std::move(found).error();
    if (!found->has_value()) return absent();
    HK_CHECK(check_revision(expected, (*found)->revision));
    return **std::move(found);
}

/// A PUT with If-Match on something that is not there must not create it.
result<> check_may_create(const std::optional<std::uint64_t>& expected) { return check_revision(expected, 0); }

}  // namespace

result<model::tenant> write_session::create_tenant(const model::tenant& t) {
    ++changes_;
    HK_CHECK(rows_.tenants.insert(t));
    auto created = t;
    created.revision = 1;
    return created;
}

result<> write_session::delete_tenant(const tenant_name& name, revision expected) {
    ++changes_;
    HK_TRY(const auto found, require(rows_.tenants.find(name), expected));
    return rows_.tenants.remove(found.id);
}

result<transaction::put_outcome> write_session::put_app(const model::app& a, revision expected) {
    ++changes_;
    HK_TRY(const auto found, rows_.apps.find(a.tenant_id, a.name));
    if (found) {
        HK_CHECK(check_revision(expected, found->revision));
        return put_outcome{false, found->revision};  // an app has nothing yet that could change
    }
    HK_CHECK(check_may_create(expected));
    HK_CHECK(rows_.apps.insert(a));
    return put_outcome{true, 1};
}

result<> write_session::delete_app(const ulid& tenant, const app_name& name, revision expected) {
    ++changes_;
    HK_CHECK(require(rows_.apps.find(tenant, name), expected));
    HK_CHECK(rows_.tokens.revoke_all_of_app(tenant, name, clock_.now()));
    return rows_.apps.remove(tenant, name);
}

result<transaction::put_outcome> write_session::put_connection(const model::connection& c, revision expected) {
    ++changes_;
    HK_TRY(auto found, rows_.connections.find(c.tenant_id, c.name));
    if (!found) {
        HK_CHECK(check_may_create(expected));
        auto fresh = c;
        fresh.state = model::connection_state::pending;  // only a verification makes it anything else
        HK_CHECK(rows_.connections.insert(fresh));
        return put_outcome{true, 1};
    }
    HK_CHECK(check_revision(expected, found->revision));
    if (found->role_arn == c.role_arn && found->region == c.region) return put_outcome{false, found->revision};
    found->role_arn = c.role_arn;
    found->account_id = c.account_id;
    found->region = c.region;
    found->state = model::connection_state::pending;
    found->verified_at.reset();
    ++found->revision;
    HK_CHECK(rows_.connections.update(*found));
    return put_outcome{false, found->revision};
}

result<> write_session::set_connection_state(const ulid& tenant, const connection_name& name, model::connection_state state, wall_time verified_at,
                                             std::uint64_t expected_revision) {
    ++changes_;
    HK_TRY(auto found, require(rows_.connections.find(tenant, name), expected_revision));
    found.state = state;
    if (state == model::connection_state::active) found.verified_at = verified_at;
    ++found.revision;
    return rows_.connections.update(found);
}

result<> write_session::delete_connection(const ulid& tenant, const connection_name& name, revision expected) {
    ++changes_;
    HK_CHECK(require(rows_.connections.find(tenant, name), expected));
    return rows_.connections.remove(tenant, name);
}

result<transaction::put_outcome> write_session::put_grant(const model::grant& g, revision expected) {
    ++changes_;
    HK_TRY(const auto found, rows_.grants.find(g.tenant_id, g.connection, g.app));
    if (!found) {
        HK_CHECK(check_may_create(expected));
        HK_CHECK(rows_.grants.insert(g));
        return put_outcome{true, 1};
    }
    HK_CHECK(check_revision(expected, found->revision));
    if (found->max_duration == g.max_duration && found->expires_at == g.expires_at && found->reason == g.reason) return put_outcome{false, found->revision};
    auto changed = g;
    changed.revision = found->revision + 1;
    HK_CHECK(rows_.grants.update(changed));
    return put_outcome{false, changed.revision};
}

result<> write_session::delete_grant(const ulid& tenant, const connection_name& connection, const std::optional<app_name>& app, revision expected) {
    ++changes_;
    HK_CHECK(require(rows_.grants.find(tenant, connection, app), expected));
    return rows_.grants.remove(tenant, connection, app);
}

result<> write_session::create_token(const model::token& t) {
    ++changes_;
    return rows_.tokens.insert(t);
}

result<> write_session::revoke_token(const ulid& tenant, const ulid& id, wall_time at) {
    ++changes_;
    return rows_.tokens.revoke(tenant, id, at);
}

result<> write_session::touch_token(const ulid& tenant, const ulid& id, wall_time used_at) { return rows_.tokens.touch(tenant, id, used_at); }

}  // namespace hourkey::store
