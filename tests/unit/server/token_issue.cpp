#include "server/adapters/token_issue.hpp"

#include "support/mac_keys.hpp"
#include "support/scratch_folder.hpp"

#include <string>

namespace hourkey::server {
namespace {

using enum model::role;
using test::code_of;

token_wish wish(model::role role, const char* tenant, const char* app, std::chrono::seconds life = default_token_life) {
    token_wish w;
    w.role = role;
    if (tenant != nullptr) w.tenant = tenant_name::parse(tenant).value();
    if (app != nullptr) w.app = app_name::parse(app).value();
    w.life = life;
    return w;
}

result<token_wish> read(const std::string& body) {
    HK_TRY(const auto document, json::parse(body));
    auto fields = document.root();
    HK_TRY(auto w, read_token_wish(fields, tenant_name::parse("acme").value()));
    HK_CHECK(fields.finish());
    return w;
}

}  // namespace

TEST_CASE("Role, tenant and app must fit each other") {
    const struct {
        std::string name;
        token_wish wanted;
        bool good;
    } rows[] = {
        {"operator", wish(operator_, nullptr, nullptr), true},
        {"operator of a tenant", wish(operator_, "acme", nullptr), false},
        {"operator of an app", wish(operator_, nullptr, "web"), false},
        {"admin", wish(admin, "acme", nullptr), true},
        {"admin of nothing", wish(admin, nullptr, nullptr), false},
        {"admin of an app", wish(admin, "acme", "web"), false},
        {"auditor", wish(auditor, "acme", nullptr), true},
        {"auditor of nothing", wish(auditor, nullptr, nullptr), false},
        {"auditor of an app", wish(auditor, "acme", "web"), false},
        {"app", wish(app, "acme", "web"), true},
        {"app without a name", wish(app, "acme", nullptr), false},
        {"app without a tenant", wish(app, nullptr, "web"), false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(code_of(check_wish(r.wanted)) == (r.good ? errc{} : errc::invalid_request));
    }
}

TEST_CASE("A token lives from a minute to 366 days, and 90 days when nothing is said") {
    using namespace std::chrono_literals;
    CHECK(check_wish(wish(admin, "acme", nullptr, 60s)).has_value());
    CHECK(!check_wish(wish(admin, "acme", nullptr, 59s)));
    CHECK(!check_wish(wish(admin, "acme", nullptr, -1s)));
    CHECK(check_wish(wish(admin, "acme", nullptr, std::chrono::days(366))).has_value());
    CHECK(!check_wish(wish(admin, "acme", nullptr, std::chrono::days(366) + 1s)));
    CHECK(read(R"({"role":"admin"})").value().life == std::chrono::days(90));
}

TEST_CASE("A wish is read from its fields, and a wrong one is named") {
    const auto good = read(R"({"role":"app","app":"web","expires_in_seconds":3600})");
    REQUIRE(good.has_value());
    CHECK(good->role == app);
    CHECK(good->tenant->str() == "acme");
    CHECK(good->app->str() == "web");
    CHECK(good->life == std::chrono::hours(1));
    const struct {
        std::string body;
        std::string says;
    } rows[] = {{R"({})", "role"},
                {R"({"role":"root"})", "role"},
                {R"({"role":"Admin"})", "role"},
                {R"({"role":"app","app":"Web"})", ""},
                {R"({"role":"admin","expires_in_seconds":59})", "expires_in_seconds"},
                {R"({"role":"admin","expires_in_seconds":31622401})", "expires_in_seconds"},
                {R"({"role":"admin","expires_in_seconds":"60"})", "expires_in_seconds"},
                {R"({"role":"admin","id":"x"})", "id"}};
    for (const auto& r : rows) {
        CAPTURE(r.body);
        const auto w = read(r.body);
        REQUIRE(code_of(w) == errc::invalid_request);
        CHECK(w.error().message.find(r.says) != std::string::npos);
    }
}

TEST_CASE("A prepared token's row holds its MAC and its end, never the token") {
    const auth::authenticator with(test::ring_of("a token key of 32 bytes for tests"));
    const wall_time now{std::chrono::seconds(1'800'000'000)};
    const auto made = prepare_token(wish(app, "acme", "web", std::chrono::hours(1)), with, now);
    CHECK(made.row.id == made.shown.id);
    CHECK(made.row.mac == with.mac(made.shown.text.expose()).mac);
    CHECK(made.row.key == 1);
    CHECK(made.row.created_at == now);
    CHECK(made.row.expires_at == now + std::chrono::hours(1));
    CHECK(made.shown.expires_at == made.row.expires_at);
    CHECK(made.shown.text.expose().starts_with("hk_app_" + made.row.id.str() + "_"));
    CHECK(auth::parse_token(made.shown.text.expose()).value().id == made.row.id);

    const auto other = prepare_token(wish(app, "acme", "web"), with, now);
    CHECK(other.shown.text.expose() != made.shown.text.expose());
}

}  // namespace hourkey::server
