#include "conformance/store/engine.hpp"
#include "store/cursor.hpp"

using namespace hourkey;
using store::precondition;
using test::code_of;
using test::must;

namespace {

struct two_tenants : test::open_store {
    model::tenant acme = s.add_tenant("acme"), other = s.add_tenant("other");
};

app_name app(const std::string& name) { return must(app_name::parse(name)); }
connection_name connection(const std::string& name) { return must(connection_name::parse(name)); }

}  // namespace

TEST_CASE("A tenant is created once and deleted only when it is empty") {
    two_tenants t;
    auto r = t.s.reader();
    CHECK(must(r->find_tenant(t.acme.name))->id == t.acme.id);
    CHECK(code_of(t.s.change([&](auto& tx) {
              return tx.create_tenant({crypto::make_ulid(t.s.clock.now()), t.acme.name, {}});
          })) == errc::already_exists);

    t.s.add_app(t.acme, "web");
    CHECK(code_of(t.s.change([&](auto& tx) { return tx.delete_tenant(t.acme.id, {}); })) == errc::in_use);
    must(t.s.change([&](auto& tx) { return tx.delete_app(t.acme.id, app("web"), t.s.clock.now(), {}); }));
    t.s.add_connection(t.acme, "prod");
    CHECK(code_of(t.s.change([&](auto& tx) { return tx.delete_tenant(t.acme.id, {}); })) == errc::in_use);
    must(t.s.change([&](auto& tx) { return tx.delete_connection(t.acme.id, connection("prod"), {}); }));

    const auto admin = t.s.add_token(model::role::admin, t.acme, {});
    const auto foreign = t.s.add_token(model::role::admin, t.other, {});
    CHECK(code_of(t.s.change([&](auto& tx) { return tx.delete_tenant(t.acme.id, {2}); })) == errc::revision_mismatch);
    must(t.s.change([&](auto& tx) { return tx.delete_tenant(t.acme.id, {1}); }));
    CHECK(code_of(t.s.change([&](auto& tx) { return tx.delete_tenant(t.acme.id, {}); })) == errc::not_found);
    CHECK_FALSE(must(r->find_tenant(t.acme.name)));
    CHECK_FALSE(must(r->find_token(admin.id)));
    CHECK(must(r->find_token(foreign.id)));
}

TEST_CASE("A PUT by name is idempotent and honours the expected revision") {
    two_tenants t;
    const auto c = t.s.make_connection(t.acme.id, "prod");
    auto other_arn = c;
    other_arn.role_arn = must(aws::role_arn::parse("arn:aws:iam::210987654321:role/other"));
    other_arn.account_id = must(aws::account_id::parse("210987654321"));
    other_arn.external_id = aws::make_external_id();
    const auto put = [&](const model::connection& what, precondition demanded) {
        return t.s.change([&](auto& tx) { return tx.put_connection(what, demanded); });
    };

    CHECK(code_of(put(c, {1})) == errc::revision_mismatch);  // must not create what the caller believes to exist
    CHECK(must(put(c, {.revision = {}, .is_absent = true})).is_created());
    CHECK(code_of(put(c, {.revision = {}, .is_absent = true})) == errc::revision_mismatch);
    const auto again = must(put(c, {}));
    CHECK_FALSE(again.is_created());
    CHECK(again.is_unchanged);
    CHECK(again.after->revision == 1);

    must(t.s.change([&](auto& tx) {
        return tx.set_connection_state(t.acme.id, c.name, model::connection_state::active, t.s.clock.now(), {1});
    }));
    CHECK(code_of(t.s.change([&](auto& tx) {
              return tx.set_connection_state(t.acme.id, c.name, model::connection_state::broken, t.s.clock.now(), {1});
          })) == errc::revision_mismatch);
    CHECK(code_of(put(other_arn, {1})) == errc::revision_mismatch);

    auto r = t.s.reader();
    CHECK(must(r->find_connection(t.acme.id, c.name))->state == model::connection_state::active);
    CHECK(must(r->find_connection(t.acme.id, c.name))->verified_at == t.s.clock.now());
    const auto verified_at = t.s.clock.now();
    t.s.clock.move(std::chrono::hours(1));
    must(t.s.change([&](auto& tx) {
        return tx.set_connection_state(t.acme.id, c.name, model::connection_state::broken, t.s.clock.now(), {2});
    }));
    CHECK(must(r->find_connection(t.acme.id, c.name))->verified_at ==
          verified_at);  // the last time that it was found good
    CHECK(must(put(other_arn, {3})).after->revision == 4);
    const auto changed = must(r->find_connection(t.acme.id, c.name)).value();
    CHECK(changed.state == model::connection_state::pending);
    CHECK_FALSE(changed.verified_at);
    CHECK(changed.role_arn == other_arn.role_arn);
    CHECK(changed.account_id == other_arn.account_id);
    CHECK(changed.external_id == c.external_id);
}

TEST_CASE("What a connection says to clients changes without being verified again") {
    two_tenants t;
    auto c = t.s.add_connection(t.acme, "prod");
    must(t.s.change([&](auto& tx) {
        return tx.set_connection_state(t.acme.id, c.name, model::connection_state::active, t.s.clock.now(), {1});
    }));
    const auto put = [&] { return must(t.s.change([&](auto& tx) { return tx.put_connection(c, {}); })); };
    c.default_region = must(aws::region::parse("eu-west-1"));
    CHECK(put().after->revision == 3);
    c.sharing = model::session_sharing::app;
    const auto changed = put();
    CHECK(changed.before->sharing == model::session_sharing::none);
    CHECK(changed.after->revision == 4);
    CHECK(put().is_unchanged);
    const auto found = must(t.s.reader()->find_connection(t.acme.id, c.name)).value();
    CHECK(found.default_region == c.default_region);
    CHECK(found.sharing == c.sharing);
    CHECK(found.state == model::connection_state::active);
    CHECK(found.verified_at);
    c.default_region.reset();
    c.region = must(aws::region::parse("eu-west-1"));
    CHECK_FALSE(put().after->default_region);
    CHECK(must(t.s.reader()->find_connection(t.acme.id, c.name))->state == model::connection_state::pending);
}

TEST_CASE("A connection never starts as active, whatever it was put as") {
    two_tenants t;
    auto c = t.s.make_connection(t.acme.id, "prod");
    c.state = model::connection_state::active;
    must(t.s.change([&](auto& tx) { return tx.put_connection(c, {}); }));
    CHECK(must(t.s.reader()->find_connection(t.acme.id, c.name))->state == model::connection_state::pending);
}

TEST_CASE("An external id never comes back, not even for the connection that had it") {
    two_tenants t;
    const auto c = t.s.add_connection(t.acme, "prod");
    must(t.s.change([&](auto& tx) { return tx.delete_connection(t.acme.id, c.name, {}); }));
    CHECK(code_of(t.s.change([&](auto& tx) { return tx.put_connection(c, {}); })) == errc::already_exists);
    auto stolen = t.s.make_connection(t.other.id, "prod");
    stolen.external_id = c.external_id;
    CHECK(code_of(t.s.change([&](auto& tx) { return tx.put_connection(stolen, {}); })) == errc::already_exists);
    CHECK_FALSE(must(t.s.reader()->find_connection(t.other.id, c.name)));
}

TEST_CASE("Vend facts hold the connection with the app's grant and the one for any app, of this tenant only") {
    two_tenants t;
    t.s.add_app(t.acme, "web");
    t.s.add_app(t.acme, "batch");
    t.s.add_app(t.other, "web");
    const auto prod = t.s.add_connection(t.acme, "prod");
    const auto foreign = t.s.add_connection(t.other, "prod");
    t.s.add_grant(foreign, {});
    auto r = t.s.reader();
    const auto facts = [&](const model::tenant& tenant, const std::string& who, const std::string& of = "prod") {
        const auto token = t.s.add_token(model::role::app, tenant, app(who));
        return must(must(r->read_vend(token.id, connection(of))).facts);
    };

    CHECK(facts(t.acme, "web").connection->external_id == prod.external_id);
    CHECK_FALSE(facts(t.acme, "web").app_grant);
    CHECK_FALSE(facts(t.acme, "web").any_grant);
    CHECK(facts(t.other, "web").connection->external_id == foreign.external_id);

    t.s.add_grant(prod, app("web"));
    CHECK(facts(t.acme, "web").app_grant->app == app("web"));
    CHECK_FALSE(facts(t.acme, "batch").app_grant);

    auto any = t.s.make_grant(prod, {});
    any.max_duration = std::chrono::seconds(900);
    any.expires_at = t.s.clock.now() + std::chrono::hours(1);
    any.reason = "migration week";
    must(t.s.change([&](auto& tx) { return tx.put_grant(any, {}); }));
    CHECK(facts(t.acme, "web").app_grant);
    CHECK(facts(t.acme, "web").any_grant->max_duration == any.max_duration);
    CHECK(facts(t.acme, "batch").any_grant->expires_at == any.expires_at);
    CHECK(facts(t.acme, "batch").any_grant->reason == any.reason);
    CHECK_FALSE(facts(t.acme, "batch").app_grant);
    CHECK_FALSE(facts(t.acme, "web", "absent").connection);

    must(t.s.change([&](auto& tx) { return tx.delete_grant(t.acme.id, prod.name, app("web"), {}); }));
    CHECK_FALSE(facts(t.acme, "web").app_grant);
    CHECK(facts(t.acme, "web").any_grant);
    CHECK(code_of(t.s.change([&](auto& tx) { return tx.delete_grant(t.acme.id, prod.name, app("web"), {}); })) ==
          errc::not_found);
    must(t.s.change([&](auto& tx) { return tx.delete_connection(t.acme.id, prod.name, {}); }));
    CHECK_FALSE(must(r->find_grant(t.acme.id, prod.name, {})));
    CHECK(must(r->find_grant(t.other.id, prod.name, {})));
}

TEST_CASE("A grant needs its connection and its app, and a changed one gets a new revision") {
    two_tenants t;
    t.s.add_app(t.acme, "web");
    const auto prod = t.s.add_connection(t.acme, "prod");
    const auto put = [&](const model::grant& g, precondition demanded) {
        return t.s.change([&](auto& tx) { return tx.put_grant(g, demanded); });
    };
    CHECK(code_of(put(t.s.make_grant(prod, app("absent")), {})) == errc::not_found);
    auto foreign = t.s.make_grant(prod, {});
    foreign.tenant_id = t.other.id;
    CHECK(code_of(put(foreign, {})) == errc::not_found);

    auto g = t.s.make_grant(prod, app("web"));
    CHECK(must(put(g, {})).is_created());
    CHECK(must(put(g, {1})).after->revision == 1);
    g.reason = "asked for";
    g.created_at += std::chrono::hours(1);
    CHECK(code_of(put(g, {7})) == errc::revision_mismatch);
    const auto changed = must(put(g, {1}));
    CHECK(changed.after->revision == 2);
    CHECK(changed.after->created_at == changed.before->created_at);
    CHECK(changed.before->reason.empty());
    CHECK(changed.after->reason == "asked for");
    CHECK(must(t.s.reader()->find_grant(t.acme.id, prod.name, app("web")))->revision == 2);
}

TEST_CASE("Deleting an app takes its grants and revokes its tokens for good") {
    two_tenants t;
    t.s.add_app(t.acme, "web");
    const auto prod = t.s.add_connection(t.acme, "prod");
    t.s.add_grant(prod, app("web"));
    const auto token = t.s.add_token(model::role::app, t.acme, app("web"));
    t.s.clock.move(std::chrono::seconds(5));
    must(t.s.change([&](auto& tx) { return tx.delete_app(t.acme.id, app("web"), t.s.clock.now(), {}); }));

    auto r = t.s.reader();
    CHECK_FALSE(must(r->find_app(t.acme.id, app("web"))));
    CHECK_FALSE(must(r->find_grant(t.acme.id, prod.name, app("web"))));
    CHECK(must(r->find_token(token.id))->revoked_at == t.s.clock.now());
    t.s.add_app(t.acme, "web");
    CHECK(must(r->find_token(token.id))->revoked_at);
    CHECK_FALSE(must(r->find_grant(t.acme.id, prod.name, app("web"))));
}

TEST_CASE("A token is read back whole, is revoked once, and only by its own tenant") {
    two_tenants t;
    t.s.add_app(t.acme, "web");
    const auto token = t.s.add_token(model::role::app, t.acme, app("web"));
    const auto op = t.s.add_token(model::role::operator_, {}, {});
    auto r = t.s.reader();
    const auto read = must(r->find_token(token.id)).value();
    CHECK(read.role == model::role::app);
    CHECK(read.tenant_id == t.acme.id);
    CHECK(read.tenant == t.acme.name);
    CHECK(read.app == app("web"));
    CHECK(read.mac == token.mac);
    CHECK(read.created_at == token.created_at);
    CHECK(read.expires_at == token.expires_at);
    CHECK_FALSE(read.last_used_at);
    CHECK_FALSE(read.revoked_at);
    CHECK(must(r->find_token(op.id))->tenant_id.is_nil());
    CHECK_FALSE(must(r->find_token(op.id))->tenant);

    CHECK_FALSE(must(r->find_tenant_token(t.other.id, token.id)));
    CHECK_FALSE(must(r->find_tenant_token({}, token.id)));
    CHECK(must(r->find_tenant_token({}, op.id)));
    const auto revoke = [&](const ulid& tenant, const ulid& id, wall_time at) {
        return t.s.change([&, at](auto& tx) { return tx.revoke_token(tenant, id, at); });
    };
    const auto at = t.s.clock.now();
    CHECK(code_of(revoke(t.other.id, token.id, at)) == errc::not_found);
    CHECK(code_of(revoke({}, token.id, at)) == errc::not_found);
    CHECK(must(revoke(t.acme.id, token.id, at)).after->revoked_at == at);
    CHECK(must(revoke(t.acme.id, token.id, at + std::chrono::hours(1))).is_unchanged);
    CHECK(must(r->find_token(token.id))->revoked_at == at);

    must(t.s.write([&](auto& tx) { return tx.touch_token(op.tenant_id, op.id, at); }));
    must(t.s.write([&](auto& tx) { return tx.touch_token(op.tenant_id, op.id, at - std::chrono::hours(1)); }));
    CHECK(must(r->find_token(op.id))->last_used_at == at);
    must(t.s.write([&](auto& tx) {
        return tx.touch_token(t.other.id, op.id, at + std::chrono::hours(1));
    }));  // another's: nothing
    CHECK(must(r->find_token(op.id))->last_used_at == at);
    CHECK(code_of(t.s.change([&](auto& tx) { return tx.create_token(op); })) == errc::already_exists);
    CHECK(code_of(t.s.change([&](auto& tx) {
              return tx.create_token(t.s.make_token(model::role::app, t.other, app("web")));
          })) == errc::not_found);
}

TEST_CASE("Lists page in order, name by name, and refuse a cursor that is not theirs") {
    two_tenants t;
    for (const auto* name : {"a", "b", "c", "d", "e"}) t.s.add_app(t.acme, name);
    t.s.add_app(t.other, "foreign");
    const auto prod = t.s.add_connection(t.acme, "prod");
    t.s.add_grant(prod, {});
    t.s.add_grant(prod, app("b"));
    t.s.add_grant(prod, app("d"));
    for (int i = 0; i < 3; ++i) t.s.add_token(model::role::auditor, t.acme, {});
    for (int i = 0; i < 3; ++i) must(t.s.append(i == 1 ? t.other.id : t.acme.id, std::to_string(i)));
    auto r = t.s.reader();

    const auto first = must(r->list_apps(t.acme.id, {"", 2}));
    CHECK(first.items.size() == 2);
    CHECK(first.items[1].name == app("b"));
    const auto second = must(r->list_apps(t.acme.id, {first.next, 3}));
    CHECK(second.items.size() == 3);
    CHECK(second.items[2].name == app("e"));
    CHECK(second.next.empty());

    const auto grants = must(r->list_grants(t.acme.id, prod.name, {"", 1}));
    CHECK_FALSE(grants.items.at(0).app);
    CHECK(must(r->list_grants(t.acme.id, prod.name, {grants.next, 5})).items.size() == 2);
    const auto tokens = must(r->list_tokens(t.acme.id, {"", 2}));
    CHECK(must(r->list_tokens(t.acme.id, {tokens.next, 2})).items.size() == 1);
    CHECK(must(r->list_tokens(t.other.id, {})).items.empty());
    const auto records = must(r->list_audit(t.acme.id, {"", 1}));
    CHECK(records.items.at(0).tenant_seq == 1);
    const auto rest = must(r->list_audit(t.acme.id, {records.next, 10}));
    CHECK(rest.items.size() == 1);
    CHECK(rest.items[0].tenant_seq == 2);
    CHECK(rest.items[0].seq == 3);
    const auto tenants = must(r->list_tenants({"", 1}));
    CHECK(tenants.next.find("acme") == std::string::npos);
    CHECK(must(r->list_tenants({tenants.next, 1})).items.at(0).name == t.other.name);
    CHECK(must(r->list_connections(t.other.id, {})).items.empty());

    struct row {
        const char* name;
        store::page_request request;
    };
    const row rows[] = {{"no rows", {"", 0}},
                        {"too many rows", {"", 1001}},
                        {"a foreign cursor", {"No Such!", 10}},
                        {"a name", {"acme", 10}},
                        {"another list's cursor", {store::make_cursor(store::cursor_of{'?'}, "a"), 10}}};
    for (const auto& bad : rows) {
        CAPTURE(bad.name);
        CHECK(code_of(r->list_tenants(bad.request)) == errc::invalid_request);
        CHECK(code_of(r->list_apps(t.acme.id, bad.request)) == errc::invalid_request);
        CHECK(code_of(r->list_connections(t.acme.id, bad.request)) == errc::invalid_request);
        CHECK(code_of(r->list_grants(t.acme.id, prod.name, bad.request)) == errc::invalid_request);
        CHECK(code_of(r->list_tokens(t.acme.id, bad.request)) == errc::invalid_request);
        CHECK(code_of(r->list_audit(t.acme.id, bad.request)) == errc::invalid_request);
    }
}

TEST_CASE("Every change to what authorisation reads moves the epoch; what changes nothing does not") {
    two_tenants t;
    auto prod = t.s.add_connection(t.acme, "prod");
    const auto token = t.s.make_token(model::role::app, t.acme, app("web"));
    struct row {
        const char* name;
        std::function<result<>(store::transaction&)> change;
        bool moves;
    };
    const auto drop = [](auto r) { return r ? result<>() : result<>(r.error()); };
    constexpr auto active = model::connection_state::active;
    const auto ireland = must(aws::region::parse("eu-west-1"));
    const row rows[] = {
        {"app", [&](auto& tx) { return drop(tx.put_app({t.acme.id, app("web"), {}}, {})); }, false},
        {"the same app", [&](auto& tx) { return drop(tx.put_app({t.acme.id, app("web"), {}}, {})); }, false},
        {"grant", [&](auto& tx) { return drop(tx.put_grant(t.s.make_grant(prod, app("web")), {})); }, true},
        {"the same grant", [&](auto& tx) { return drop(tx.put_grant(t.s.make_grant(prod, app("web")), {})); }, false},
        {"connection", [&](auto& tx) { return prod.region = ireland, drop(tx.put_connection(prod, {})); }, true},
        {"its region for clients",
         [&](auto& tx) { return prod.default_region = ireland, drop(tx.put_connection(prod, {})); }, true},
        {"its sharing",
         [&](auto& tx) { return prod.sharing = model::session_sharing::job, drop(tx.put_connection(prod, {})); }, true},
        {"the same connection", [&](auto& tx) { return drop(tx.put_connection(prod, {})); }, false},
        {"state", [&](auto& tx) { return drop(tx.set_connection_state(t.acme.id, prod.name, active, {}, {4})); }, true},
        {"the same state, verified at another time: a denial of its role is judged by that",
         [&](auto& tx) { return drop(tx.set_connection_state(t.acme.id, prod.name, active, t.s.clock.now(), {5})); },
         true},
        {"the same state at the same time",
         [&](auto& tx) { return drop(tx.set_connection_state(t.acme.id, prod.name, active, t.s.clock.now(), {5})); },
         false},
        {"token", [&](auto& tx) { return drop(tx.create_token(token)); }, false},
        {"last use", [&](auto& tx) { return tx.touch_token(token.tenant_id, token.id, t.s.clock.now()); }, false},
        {"audit", [&](auto& tx) { return drop(tx.append_audit(t.s.make_record(t.acme.id, "r"))); }, false},
        {"reading", [&](auto& tx) { return drop(tx.find_token(token.id)); }, false},
        {"revocation", [&](auto& tx) { return drop(tx.revoke_token(t.acme.id, token.id, t.s.clock.now())); }, true},
        {"a second revocation", [&](auto& tx) { return drop(tx.revoke_token(t.acme.id, token.id, t.s.clock.now())); },
         false},
        {"grant gone", [&](auto& tx) { return drop(tx.delete_grant(t.acme.id, prod.name, app("web"), {})); }, true},
        {"connection gone", [&](auto& tx) { return drop(tx.delete_connection(t.acme.id, prod.name, {})); }, true},
        {"app gone", [&](auto& tx) { return drop(tx.delete_app(t.acme.id, app("web"), t.s.clock.now(), {})); }, true},
        {"tenant gone", [&](auto& tx) { return drop(tx.delete_tenant(t.other.id, {})); }, true},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto before = t.s.database().authorisation();
        must(t.s.write(r.change));
        CHECK((t.s.database().authorisation() != before) == r.moves);
        CHECK(must(t.s.write<model::authorisation_mark>([](auto& tx) {
                  return result<model::authorisation_mark>(tx.mark());
              })) == t.s.database().authorisation());
    }
}

TEST_CASE("A connection found again in its state keeps its revision, and says when that was") {
    two_tenants t;
    const auto c = t.s.add_connection(t.acme, "prod");
    const auto find = [&](model::connection_state state) {
        t.s.clock.move(std::chrono::hours(1));
        return must(t.s.change(
            [&](auto& tx) { return tx.set_connection_state(t.acme.id, c.name, state, t.s.clock.now(), {}); }));
    };
    const auto first = find(model::connection_state::active);
    CHECK_FALSE(first.is_unchanged);
    CHECK(first.before->state == model::connection_state::pending);
    CHECK(first.after->revision == 2);
    const auto second = find(model::connection_state::active);
    CHECK(second.is_unchanged);
    CHECK(second.after->revision == 2);
    CHECK(second.after->verified_at == t.s.clock.now());
    CHECK(must(t.s.reader()->find_connection(t.acme.id, c.name))->verified_at == t.s.clock.now());
    CHECK(find(model::connection_state::broken).after->revision == 3);
    const auto verified_at = must(t.s.reader()->find_connection(t.acme.id, c.name))->verified_at;
    CHECK(find(model::connection_state::broken).is_unchanged);
    CHECK(must(t.s.reader()->find_connection(t.acme.id, c.name))->verified_at == verified_at);
}

TEST_CASE("A revision never comes back, whatever is deleted and made anew") {
    two_tenants t;
    const auto web = app("web");
    auto c = t.s.make_connection(t.acme.id, "prod");
    const auto put_app = [&](const ulid& tenant) {
        return must(t.s.change([&](auto& tx) { return tx.put_app({tenant, web, {}}, {}); })).after->revision;
    };
    const auto put_connection = [&] {
        c.external_id = aws::make_external_id();
        return must(t.s.change([&](auto& tx) { return tx.put_connection(c, {}); })).after->revision;
    };
    const auto put_grant = [&](const std::optional<app_name>& who) {
        return must(t.s.change([&](auto& tx) { return tx.put_grant(t.s.make_grant(c, who), {}); })).after->revision;
    };
    const auto drop_connection = [&] {
        must(t.s.change([&](auto& tx) { return tx.delete_connection(t.acme.id, c.name, {}); }));
    };
    const auto drop_app = [&] {
        must(t.s.change([&](auto& tx) { return tx.delete_app(t.acme.id, web, t.s.clock.now(), {}); }));
    };

    CHECK(put_app(t.acme.id) == 1);
    CHECK(put_connection() == 1);
    CHECK(put_grant(web) == 1);
    CHECK(put_grant({}) == 1);
    c.region = must(aws::region::parse("eu-west-1"));
    CHECK(put_connection() == 2);
    drop_connection();  // and its grants
    CHECK(put_connection() == 3);
    CHECK(put_grant(web) == 2);
    CHECK(put_grant({}) == 2);
    drop_app();  // and its grant
    CHECK(put_app(t.acme.id) == 2);
    CHECK(put_grant(web) == 3);
    must(t.s.change([&](auto& tx) { return tx.delete_grant(t.acme.id, c.name, web, {}); }));
    CHECK(put_grant(web) == 4);

    // A tenant of the same name is another tenant, and no ETag of the old one fits anything of it.
    drop_connection();
    drop_app();
    must(t.s.change([&](auto& tx) { return tx.delete_tenant(t.acme.id, {1}); }));
    const auto anew = t.s.add_tenant("acme");
    CHECK(anew.revision == 5);
    CHECK(put_app(anew.id) == 5);
    CHECK(put_app(t.other.id) == 1);
}

TEST_CASE("A tenant is deleted as the one that was looked at, not by its name") {
    two_tenants t;
    must(t.s.change([&](auto& tx) { return tx.delete_tenant(t.acme.id, {}); }));
    const auto anew = t.s.add_tenant("acme");
    CHECK(code_of(t.s.change([&](auto& tx) { return tx.delete_tenant(t.acme.id, {}); })) == errc::not_found);
    CHECK(must(t.s.reader()->find_tenant(anew.name))->id == anew.id);
}
