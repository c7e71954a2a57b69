// The changes that transactions offer: each says what it found and what it left.

#include "model/audit_target.hpp"
#include "store_sqlite/rows.hpp"
#include "store_sqlite/write_session.hpp"

namespace hourkey::store {
namespace {

/// Whether what is there is what the caller demands. A revision demanded of something that is not there does not match.
template <class Row>
result<> check(const precondition& demanded, const std::optional<Row>& found) {
    if (demanded.is_absent && found)
        return failure(errc::revision_mismatch, "There is one of this name.", "Leave If-None-Match out to change it.");
    return check_revision(demanded.revision, found ? found->revision : 0);
}

/// A row that must be there.
template <class Row>
result<Row> require(result<std::optional<Row>> found, const precondition& demanded) {
    if (!found) return std::move(found).error();
    if (!found->has_value()) return absent();
    HK_CHECK(check(demanded, *found));
    return **std::move(found);
}

/// Only a verification makes it anything else.
model::connection_state state_unverified(const model::connection& c) {
    return c.role_arn ? model::connection_state::pending : model::connection_state::draft;
}

}  // namespace

result<row_change<model::tenant>> write_session::create_tenant(const model::tenant& t) {
    auto created = t;
    HK_TRY(created.revision, rows_.revisions.first({}, model::target_of(t.name)));
    HK_CHECK(rows_.tenants.insert(created));
    return row_change<model::tenant>::created(std::move(created));
}

result<row_change<model::tenant>> write_session::delete_tenant(const ulid& id, precondition demanded) {
    HK_TRY(auto found, require(rows_.tenants.find_by_id(id), demanded));
    count_change();
    HK_CHECK(rows_.tenants.remove(found.id));
    return row_change<model::tenant>::removed(std::move(found));
}

result<row_change<model::app>> write_session::put_app(const model::app& a, precondition demanded) {
    HK_TRY(auto found, rows_.apps.find(a.tenant_id, a.name));
    HK_CHECK(check(demanded, found));
    if (found) return row_change<model::app>::unchanged(*std::move(found));  // an app has nothing yet that could change
    auto created = a;
    HK_TRY(created.revision, rows_.revisions.first(a.tenant_id, model::target_of(a.name)));
    HK_CHECK(rows_.apps.insert(created));
    return row_change<model::app>::created(std::move(created));
}

result<row_change<model::app>> write_session::delete_app(const ulid& tenant, const app_name& name, wall_time at,
                                                         precondition demanded) {
    HK_TRY(auto found, require(rows_.apps.find(tenant, name), demanded));
    count_change();
    HK_CHECK(rows_.tokens.revoke_all_of_app(tenant, name, at));
    HK_CHECK(rows_.apps.remove(tenant, name));
    return row_change<model::app>::removed(std::move(found));
}

result<row_change<model::connection>> write_session::put_connection(const model::connection& c, precondition demanded) {
    HK_TRY(auto found, rows_.connections.find(c.tenant_id, c.name));
    HK_CHECK(check(demanded, found));
    if (!found) {
        count_change();
        auto created = c;
        created.state = state_unverified(created);
        created.verified_at.reset();
        created.last_checked_at.reset();
        HK_TRY(created.revision, rows_.revisions.first(c.tenant_id, model::target_of(c.name)));
        HK_CHECK(rows_.connections.insert(created));
        return row_change<model::connection>::created(std::move(created));
    }
    const bool opens_as_before = found->role_arn == c.role_arn && found->region == c.region;
    if (opens_as_before && found->default_region == c.default_region && found->sharing == c.sharing)
        return row_change<model::connection>::unchanged(*std::move(found));
    count_change();
    auto changed = *found;
    changed.default_region = c.default_region;
    changed.sharing = c.sharing;
    if (!opens_as_before) {
        changed.role_arn = c.role_arn;
        changed.account_id = c.account_id;
        changed.region = c.region;
        changed.state = state_unverified(changed);
        changed.capabilities = {};
        changed.verified_at.reset();
        changed.last_checked_at.reset();
    }
    ++changed.revision;
    HK_CHECK(rows_.connections.update(changed));
    return row_change<model::connection>::changed(*std::move(found), std::move(changed));
}

result<row_change<model::connection>> write_session::set_connection_state(const ulid& tenant,
                                                                          const connection_name& name,
                                                                          std::optional<model::connection_state> found,
                                                                          wall_time at, precondition demanded) {
    HK_TRY(auto before, require(rows_.connections.find(tenant, name), demanded));
    auto changed = before;
    changed.state = found.value_or(before.state);
    changed.last_checked_at = at;
    if (found == model::connection_state::active) changed.verified_at = at;
    if (before.state == changed.state) {
        if (changed.verified_at != before.verified_at) count_change();  // a vend's denial is judged by it
        HK_CHECK(rows_.connections.update(changed));
        return row_change<model::connection>::unchanged(std::move(changed));
    }
    count_change();
    ++changed.revision;
    HK_CHECK(rows_.connections.update(changed));
    return row_change<model::connection>::changed(std::move(before), std::move(changed));
}

result<row_change<model::connection>> write_session::delete_connection(const ulid& tenant, const connection_name& name,
                                                                       precondition demanded) {
    HK_TRY(auto found, require(rows_.connections.find(tenant, name, seal_use::waived), demanded));
    count_change();
    HK_CHECK(rows_.connections.remove(tenant, name));
    return row_change<model::connection>::removed(std::move(found));
}

result<row_change<model::grant>> write_session::put_grant(const model::grant& g, precondition demanded) {
    HK_TRY(auto found, rows_.grants.find(g.tenant_id, g.connection, g.app));
    HK_CHECK(check(demanded, found));
    auto wanted = g;
    if (!found) {
        count_change();
        HK_TRY(wanted.revision, rows_.revisions.first(g.tenant_id, model::target_of(g.connection, g.app)));
        HK_CHECK(rows_.grants.insert(wanted));
        return row_change<model::grant>::created(std::move(wanted));
    }
    if (found->max_duration == g.max_duration && found->expires_at == g.expires_at && found->reason == g.reason)
        return row_change<model::grant>::unchanged(*std::move(found));
    count_change();
    wanted.created_at = found->created_at;
    wanted.revision = found->revision + 1;
    HK_CHECK(rows_.grants.update(wanted));
    return row_change<model::grant>::changed(*std::move(found), std::move(wanted));
}

result<row_change<model::grant>> write_session::delete_grant(const ulid& tenant, const connection_name& connection,
                                                             const std::optional<app_name>& app,
                                                             precondition demanded) {
    HK_TRY(auto found, require(rows_.grants.find(tenant, connection, app, seal_use::waived), demanded));
    count_change();
    HK_CHECK(rows_.grants.remove(tenant, connection, app));
    return row_change<model::grant>::removed(std::move(found));
}

result<row_change<model::token>> write_session::create_token(const model::token& t) {
    HK_CHECK(rows_.tokens.insert(t));
    return row_change<model::token>::created(t);
}

result<row_change<model::token>> write_session::revoke_token(const ulid& tenant, const ulid& id, wall_time at) {
    HK_TRY(auto found, rows_.tokens.find_of_tenant(tenant, id, seal_use::waived));
    if (!found) return absent();
    if (found->revoked_at) return row_change<model::token>::unchanged(*std::move(found));
    count_change();
    auto revoked = *found;
    revoked.revoked_at = at;
    HK_CHECK(rows_.tokens.revoke(revoked));
    return row_change<model::token>::changed(*std::move(found), std::move(revoked));
}

result<> write_session::touch_token(const ulid& tenant, const ulid& id, wall_time used_at) {
    return rows_.tokens.touch(tenant, id, used_at);
}

}  // namespace hourkey::store
