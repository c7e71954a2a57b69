#include "tenancy/tokens.hpp"

#include "tenancy_fixture.hpp"

namespace hourkey::tenancy {
namespace {

using enum model::role;
using namespace std::chrono_literals;
using test::code_of;
using test::must;

auth::authenticator with() { return auth::authenticator(test::ring_of("a token key of 32 bytes for tests")); }

token_request wanted(model::role role, const char* tenant, const char* app,
                     std::chrono::seconds life = default_token_life) {
    token_request out;
    out.role = role;
    if (tenant != nullptr) out.tenant = tenant_name::parse(tenant).value();
    if (app != nullptr) out.app = app_name::parse(app).value();
    out.life = life;
    return out;
}

token_request of_stage(model::role role, const char* tenant, const char* app) {
    auto out = wanted(role, tenant, app);
    out.stage = stage_name::parse("prod").value();
    return out;
}

result<issued_token> issue(tenancy_fixture& t, const asker& by, const token_request& request) {
    HK_TRY(auto made, issue_token(by, request, with()));
    HK_CHECK(make_now(*t.store.db, made.creation));
    return std::move(made.shown);
}

}  // namespace

TEST_CASE("Role, tenant and app must fit each other") {
    const struct {
        std::string name;
        token_request wanted;
        bool good;
    } rows[] = {
        {"operator", wanted(operator_, nullptr, nullptr), true},
        {"operator of a tenant", wanted(operator_, "acme", nullptr), false},
        {"operator of an app", wanted(operator_, nullptr, "web"), false},
        {"admin", wanted(admin, "acme", nullptr), true},
        {"admin of nothing", wanted(admin, nullptr, nullptr), false},
        {"admin of an app", wanted(admin, "acme", "web"), false},
        {"auditor", wanted(auditor, "acme", nullptr), true},
        {"auditor of nothing", wanted(auditor, nullptr, nullptr), false},
        {"auditor of an app", wanted(auditor, "acme", "web"), false},
        {"app", wanted(app, "acme", "web"), true},
        {"app without a name", wanted(app, "acme", nullptr), false},
        {"app without a tenant", wanted(app, nullptr, "web"), false},
        {"app of a stage", of_stage(app, "acme", "web"), true},
        {"admin of a stage", of_stage(admin, "acme", nullptr), false},
        {"operator of a stage", of_stage(operator_, nullptr, nullptr), false},
        {"the shortest life", wanted(admin, "acme", nullptr, 60s), true},
        {"shorter", wanted(admin, "acme", nullptr, 59s), false},
        {"negative", wanted(admin, "acme", nullptr, -1s), false},
        {"the longest life", wanted(admin, "acme", nullptr, std::chrono::days(366)), true},
        {"longer", wanted(admin, "acme", nullptr, std::chrono::days(366) + 1s), false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(code_of(check(r.wanted)) == (r.good ? errc{} : errc::invalid_request));
    }
    CHECK(token_request{}.life == std::chrono::days(90));
}

TEST_CASE("Operators' tokens are made at the server's machine only") {
    tenancy_fixture t;
    const auto local = local_operator(t.store.clock.now());
    auto by_operator = t.admin_asks();
    by_operator.caller.role = operator_;
    const struct {
        std::string name;
        asker by;
        token_request wanted;
        errc expected;
    } rows[] = {
        {"an operator's, locally", local, wanted(operator_, nullptr, nullptr), errc{}},
        {"an operator's, by an operator", by_operator, wanted(operator_, nullptr, nullptr), errc::role_not_allowed},
        {"an operator's, by an admin", t.admin_asks(), wanted(operator_, nullptr, nullptr), errc::role_not_allowed},
        {"an app's, by an operator", by_operator, wanted(app, "acme", "web"), errc::role_not_allowed},
        {"an admin's, by an operator", by_operator, wanted(admin, "acme", nullptr), errc{}},
        {"an auditor's, by an admin", t.admin_asks(), wanted(auditor, "acme", nullptr), errc{}},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(code_of(issue(t, r.by, r.wanted)) == r.expected);
    }
}

TEST_CASE("A token's row holds its MAC and its end, never the token") {
    tenancy_fixture t;
    t.store.add_app(*t.acme, "web");
    const auto shown = must(issue(t, t.admin_asks(), wanted(app, "acme", "web", 1h)));
    CHECK(shown.text.expose().starts_with("hk_app_" + shown.id.str() + "_"));
    const auto row = must(t.store.reader()->find_token(shown.id));
    REQUIRE(row);
    CHECK(row->mac == with().mac(shown.text.expose()).mac);
    CHECK(row->key == 1);
    CHECK(row->tenant_id == t.acme->id);
    CHECK(row->expires_at == t.store.clock.now() + 1h);
    CHECK(shown.expires_at == row->expires_at);

    REQUIRE(t.trail().size() == 1);
    CHECK(t.trail().back().action == model::audit_action::token_create);
    CHECK(t.trail().back().target == "tokens/" + shown.id.str());
    CHECK(t.trail().back().app == "web");
    CHECK(t.trail().back().reason == "app");
    const auto other = must(issue(t, t.admin_asks(), wanted(app, "acme", "web", 1h)));
    CHECK(other.text.expose() != shown.text.expose());
}

TEST_CASE("A token's tenant and app must be there") {
    tenancy_fixture t;
    const auto local = local_operator(t.store.clock.now());
    CHECK(code_of(issue(t, local, wanted(admin, "nobody", nullptr))) == errc::not_found);
    CHECK(code_of(issue(t, local, wanted(app, "acme", "web"))) == errc::not_found);
    t.store.add_app(*t.acme, "web");
    CHECK(code_of(issue(t, local, wanted(app, "acme", "web"))) == errc{});
    CHECK(t.trail().back().tenant == "acme");
    CHECK(t.trail().back().tenant_id == t.acme->id);

    auto of_an_earlier_acme = t.admin_asks();
    of_an_earlier_acme.tenant_id = crypto::make_ulid(t.store.clock.now());
    CHECK(code_of(issue(t, of_an_earlier_acme, wanted(auditor, "acme", nullptr))) == errc::not_found);
}

TEST_CASE("An admin revokes the tenant's tokens, the server's machine any, and each once") {
    tenancy_fixture t;
    t.store.add_app(*t.acme, "web");
    const auto globex = t.store.add_tenant("globex");
    const auto own = t.store.add_token(app, t.acme, app_name::parse("web").value());
    const auto foreign = t.store.add_token(auditor, globex, {});
    const auto local = local_operator(t.store.clock.now());
    CHECK(code_of(make_now(*t.store.db, revoke_token(t.admin_asks(), foreign.id))) == errc::not_found);
    CHECK(code_of(make_now(*t.store.db, revoke_token(local, crypto::make_ulid(t.store.clock.now())))) ==
          errc::not_found);

    CHECK(must(make_now(*t.store.db, revoke_token(t.admin_asks(), own.id))).after->revoked_at);
    CHECK(t.trail().back().app == "web");
    CHECK(must(make_now(*t.store.db, revoke_token(t.admin_asks(), own.id))).is_unchanged);
    CHECK(t.trail().size() == 1);

    CHECK(must(make_now(*t.store.db, revoke_token(local, foreign.id))).after->revoked_at);
    REQUIRE(t.trail().size() == 2);
    CHECK(t.trail().back().tenant == "globex");
    CHECK(t.trail().back().tenant_id == globex.id);
}

}  // namespace hourkey::tenancy
