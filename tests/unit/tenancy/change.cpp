#include "tenancy/change.hpp"

#include "tenancy/apps.hpp"
#include "tenancy/tenants.hpp"
#include "tenancy_fixture.hpp"

namespace hourkey::tenancy {
namespace {

using test::code_of;
using test::must;

app_name web() { return app_name::parse("web").value(); }

}  // namespace

TEST_CASE("A change's record tells who, what, where from and when") {
    const tenancy_fixture t;
    const auto by = t.admin_asks();
    const audit_note note{.action = model::audit_action::connection_put,
                          .target = "connections/prod",
                          .connection = "prod",
                          .app = "web",
                          .role_arn = "arn",
                          .reason = "why"};
    const auto record = begin_record(by, note, wall_time(std::chrono::seconds(7)));
    CHECK(record.time == wall_time(std::chrono::seconds(7)));
    CHECK(record.action == model::audit_action::connection_put);
    CHECK(record.outcome == model::audit_outcome::changed);
    CHECK(record.request_id == by.request_id);
    CHECK(record.tenant == "acme");
    CHECK(record.tenant_id == by.tenant_id);
    CHECK(record.actor_role == model::role::admin);
    CHECK(record.token_id == by.caller.id);
    CHECK(record.client_address == "192.0.2.7");
    CHECK(record.target == "connections/prod");
    CHECK(record.connection == "prod");
    CHECK(record.app == "web");
    CHECK(record.role_arn == "arn");
    CHECK(record.reason == "why");
}

TEST_CASE("A change and its record are made together, with what was there and what is") {
    tenancy_fixture t;
    const auto put = must(make_now(*t.store.db, put_app(t.admin_asks(), web(), {})));
    CHECK(put.is_created());
    REQUIRE(t.trail().size() == 1);
    CHECK(t.trail().back().action == model::audit_action::app_put);
    CHECK(t.trail().back().app == "web");
    CHECK(t.trail().back().detail.before.empty());
    CHECK(t.trail().back().detail.after == model::audited_state(*put.after));

    CHECK(must(make_now(*t.store.db, put_app(t.admin_asks(), web(), {}))).is_unchanged);
    CHECK(t.trail().size() == 1);

    must(make_now(*t.store.db, delete_app(t.admin_asks(), web(), {.revision = 1})));
    REQUIRE(t.trail().size() == 2);
    CHECK(t.trail().back().action == model::audit_action::app_delete);
    CHECK(t.trail().back().detail.before == model::audited_state(*put.after));
    CHECK(t.trail().back().detail.after.empty());
}

TEST_CASE("A change whose precondition does not hold leaves nothing, not even a record") {
    tenancy_fixture t;
    CHECK(code_of(make_now(*t.store.db, put_app(t.admin_asks(), web(), {.revision = 3}))) == errc::revision_mismatch);
    CHECK(t.trail().empty());
}

TEST_CASE("Whoever asks must still be let when the change is made") {
    tenancy_fixture t;
    const auto wanted = put_app(t.admin_asks(), web(), {});
    SUBCASE("their token is revoked") {
        must(t.store.change(
            [&](store::transaction& tx) { return tx.revoke_token(t.acme->id, t.admin.id, t.store.clock.now()); }));
    }
    SUBCASE("their token has expired") { t.store.clock.move(std::chrono::days(91)); }
    SUBCASE("their token is gone") {
        auto by = t.admin_asks();
        by.caller.id = ulid::parse("01ARZ3NDEKTSV4RRFFQ69G5FAW").value();
        CHECK(code_of(make_now(*t.store.db, put_app(by, web(), {}))) == errc::unauthenticated);
        return;
    }
    CHECK(code_of(make_now(*t.store.db, wanted)) == errc::unauthenticated);
    CHECK(t.trail().empty());
    CHECK_FALSE(must(t.store.reader()->find_app(t.acme->id, web())));
}

TEST_CASE("At the server's machine nobody needs a token, and the record says so") {
    tenancy_fixture t;
    must(make_now(*t.store.db,
                  create_tenant(local_operator(t.store.clock.now()), tenant_name::parse("globex").value())));
    REQUIRE(t.trail().size() == 1);
    const auto record = t.trail().back();
    CHECK(record.tenant == "globex");
    CHECK(record.actor_role == model::role::operator_);
    CHECK(record.actor == model::audit_actor::machine);
    CHECK(record.token_id.is_nil());
    CHECK(record.client_address == "local");
    CHECK(ulid::parse(record.request_id).has_value());
}

TEST_CASE("What takes rights away says so, for the queue and the disk's reserve") {
    const tenancy_fixture t;
    CHECK(put_app(t.admin_asks(), web(), {}).origin().what_for == store::purpose::ordinary);
    CHECK(delete_app(t.admin_asks(), web(), {}).origin().what_for == store::purpose::takes_rights_away);
    CHECK(delete_tenant(t.admin_asks(), {}).origin().what_for == store::purpose::takes_rights_away);
    CHECK(delete_app(t.admin_asks(), web(), {}).origin().whose == t.acme->id);
}

}  // namespace hourkey::tenancy
