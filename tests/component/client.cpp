#include "client/api_client.hpp"
#include "client/pages.hpp"
#include "live_server.hpp"
#include "net/blocking_calls.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>

namespace hourkey::test {
namespace {

using namespace std::chrono_literals;

const auto acme = must(tenant_name::parse("acme"));
const auto web = must(app_name::parse("web"));
const auto prod = must(connection_name::parse("prod"));
const std::string role = "arn:aws:iam::444455556666:role/client";

deadline soon() { return deadline::after(25s); }

/// The typed client against the whole server over TLS.
class world {
public:
    client::api_client as_holder_of(std::string_view token) {
        client::settings with{.url = "https://127.0.0.1:" + std::to_string(server.port()),
                              .ca_file = server.ca_file(),
                              .token = secret(token)};
        return must(client::api_client::make(calls.reactor(), std::move(with)));
    }
    template <class T>
    auto get(task<result<T>> what) {
        return must(calls.wait(std::move(what)));
    }
    template <class T>
    failure refusal(task<result<T>> what) {
        auto got = calls.wait(std::move(what));
        REQUIRE_FALSE(got.has_value());
        REQUIRE(got.error().request_id);
        return std::move(got).error();
    }

    live_server server;
    net::blocking_calls calls;
};

}  // namespace

TEST_CASE("All that the API does is done through the typed client") {
    world w;
    const auto op = w.as_holder_of(w.server.operator_token());
    CHECK(w.get(op.whoami(soon())).role == "operator");
    CHECK(w.get(op.create_tenant(acme, soon())).name == "acme");
    CHECK(w.refusal(op.create_tenant(acme, soon())).code == errc::already_exists);
    const api::token_request for_admin{.role = "admin", .app = {}, .stage = {}, .expires_in = 3600s};
    const auto issued = w.get(op.create_token(acme, for_admin, soon()));

    const auto admin = w.as_holder_of(issued.token.expose());
    CHECK(w.get(admin.whoami(soon())).tenant == "acme");
    const auto made = w.get(admin.put_app(acme, web, {.is_absent = true}, soon()));
    CHECK(w.refusal(admin.put_app(acme, web, {.is_absent = true}, soon())).code == errc::revision_mismatch);
    CHECK(w.get(admin.put_app(acme, web, {.revision = made.revision}, soon())).revision == made.revision);
    CHECK(w.get(admin.get_app(acme, web, soon())).created_at == made.created_at);

    const api::connection_request link{.kind = "role", .role_arn = role, .region = "eu-west-1"};
    const auto linked = w.get(admin.put_connection(acme, prod, link, {}, soon()));
    CHECK(linked.state == "pending");
    CHECK(linked.region == "eu-west-1");
    CHECK(w.get(admin.verify_connection(acme, prod, soon())).state == "pending");
    w.server.trust(role, {linked.external_id});
    CHECK(w.get(admin.verify_connection(acme, prod, soon())).state == "active");
    CHECK(w.get(admin.get_connection(acme, prod, soon())).verified_at.has_value());

    const api::grant_request limited{.max_duration = 900s, .expires_at = {}, .reason = "why"};
    CHECK(w.get(admin.put_grant(acme, prod, web, limited, {}, soon())).max_duration == 900s);
    CHECK(w.get(admin.put_grant(acme, prod, std::nullopt, {}, {}, soon())).app == "*");
    CHECK(w.get(admin.get_grant(acme, prod, std::nullopt, soon())).app == "*");
    CHECK(w.get(admin.list_grants(acme, prod, {}, soon())).items.size() == 2);

    const api::token_request for_app{.role = "app", .app = "web", .stage = {}, .expires_in = {}};
    const auto of_app = w.get(admin.create_token(acme, for_app, soon()));
    const auto deployer = w.as_holder_of(of_app.token.expose());
    const auto vended = w.get(deployer.get_credentials(prod, {}, soon()));
    CHECK(vended.role_arn == role);
    CHECK(vended.token.expose() == vended.session_token.expose());
    api::credentials_request too_long;
    too_long.duration = 901s;
    CHECK(w.refusal(deployer.get_credentials(prod, too_long, soon())).code == errc::duration_out_of_range);
    CHECK(w.refusal(deployer.list_apps(acme, {}, soon())).code == errc::role_not_allowed);

    const auto id = must(ulid::parse(of_app.id));
    CHECK(w.get(admin.get_token(acme, id, soon())).app == "web");
    w.get(admin.revoke_token(acme, id, soon()));
    CHECK(w.refusal(deployer.get_credentials(prod, {}, soon())).code == errc::unauthenticated);
    CHECK(w.get(admin.get_token(acme, id, soon())).revoked_at.has_value());

    w.get(admin.delete_grant(acme, prod, web, {}, soon()));
    CHECK(w.refusal(admin.get_grant(acme, prod, web, soon())).code == errc::not_found);
    CHECK(w.refusal(admin.delete_connection(acme, prod, {.revision = 999}, soon())).code == errc::revision_mismatch);
    w.get(admin.delete_connection(acme, prod, {}, soon()));
    w.get(admin.delete_app(acme, web, {}, soon()));
    CHECK(w.get(op.list_tenants({}, soon())).items.size() == 1);
    CHECK(w.get(op.get_tenant(acme, soon())).name == "acme");
    w.get(op.delete_tenant(acme, {}, soon()));
    CHECK(w.refusal(admin.whoami(soon())).code == errc::unauthenticated);
}

TEST_CASE("The channel tells how far the server's clock is from this one") {
    world w;
    client::settings with{.url = "https://127.0.0.1:" + std::to_string(w.server.port()),
                          .ca_file = w.server.ca_file(),
                          .token = secret(w.server.operator_token())};
    const auto over = must(client::make_channel(w.calls.reactor(), std::move(with)));
    CHECK_FALSE(over.clock_difference().has_value());
    w.get(client::api_client(over).whoami(soon()));
    REQUIRE(over.clock_difference().has_value());
    CHECK(std::chrono::abs(*over.clock_difference()) <= 5s);
}

TEST_CASE("Lists and the audit come page by page") {
    world w;
    const auto admin = w.as_holder_of(w.server.add_tenant("acme", {"a", "b", "c"}));
    std::string names;
    client::pages<api::page<api::app>> apps(
        [&admin](api::page_request which) { return admin.list_apps(acme, std::move(which), soon()); }, 2);
    while (apps.has_more())
        for (const auto& app : w.get(apps.next()).items) names += app.name;
    CHECK(names == "abc");

    std::size_t records = 0;
    client::pages<api::audit_page> audit(
        [&admin](api::page_request which) { return admin.list_audit(acme, std::move(which), soon()); }, 2);
    while (audit.has_more())
        for (const auto& r : w.get(audit.next()).records) {
            ++records;
            CHECK(r.outcome == "changed");
            CHECK(r.seq == records);
        }
    CHECK(records >= 5);
    CHECK(w.get(admin.list_connections(acme, {}, soon())).items.empty());
    CHECK(w.get(admin.list_tokens(acme, {}, soon())).items.size() >= 1);
}

TEST_CASE("The answers that are written by hand are the API's types byte for byte") {
    live_server server;
    const auto admin = server.add_tenant("acme", {"web"});
    server.add_connection(admin, "acme", "prod", role);
    server.expect(201, "PUT", "/v1/tenants/acme/connections/prod/grants/web", R"({"reason":"why"})", admin);
    server.expect(204, "DELETE", "/v1/tenants/acme/connections/prod/grants/web", "", admin);
    server.expect(201, "PUT", "/v1/tenants/acme/connections/prod/grants/*", "{}", admin);
    const auto token = server.token(model::role::app, "acme", "web");
    const auto vend = server.expect(200, "GET", "/v1/credentials/prod", "", token);
    CHECK(api::to_json(must(api::read<api::credentials>(vend))) == vend);
    server.expect(400, "GET", "/v1/credentials/prod?duration_seconds=899", "", token);
    const auto audit = server.expect(200, "GET", "/v1/tenants/acme/audit", "", admin);
    CHECK(api::to_json(must(api::read<api::audit_page>(audit))) == audit);
}

TEST_CASE("A server whose certificate is not trusted gets no token") {
    world w;
    client::settings with{.url = "https://127.0.0.1:" + std::to_string(w.server.port()),
                          .ca_file = {},
                          .token = secret(w.server.operator_token())};
    const auto stranger = must(client::api_client::make(w.calls.reactor(), std::move(with)));
    const auto got = w.calls.wait(stranger.whoami(soon()));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::tls_failed);
}

}  // namespace hourkey::test
