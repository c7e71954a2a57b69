#include "core/ulid.hpp"
#include "live_server.hpp"

#include <doctest/doctest.h>

#include <string>

namespace hourkey::test {
namespace {

const std::string role = "arn:aws:iam::444455556666:role/hourkey/prod";
const std::string connections = "/v1/tenants/acme/connections/", vend_prod = "/v1/credentials/prod";

/// A tenant with an app that may vend, on a server whose limits begin anew with each restart.
struct acme {
    live_server on;
    std::string admin = on.add_tenant("acme", {"deploy"});
    std::string deploy;

    acme() {
        on.add_connection(admin, "acme", "prod", role);
        on.expect(201, "PUT", connections + "prod/grants/deploy", "{}", admin);
        deploy = on.token(model::role::app, "acme", "deploy");
    }
    void restart(const live_server::adjustment& adjust) {
        on.stop();
        on.start(adjust);
    }
};

/// How many of the same request are answered with `status` before another comes; the last reply is left in `last`.
int how_many(live_server& on, int most, int status, const std::string& target, std::string_view token, reply& last) {
    for (int n = 0; n < most; ++n) {
        last = on.send("GET", target, "", token);
        if (last.status != status) return n;
    }
    return most;
}

TEST_CASE("A token above its rate gets 429 without a record, whatever it asks; others go on") {
    acme a;
    const auto other = a.on.token(model::role::app, "acme", "deploy");
    a.restart([](server::config& c) {
        c.limits.token_per_second = 1;
        c.limits.burst_seconds = 5;
    });
    reply last;
    CHECK(how_many(a.on, 10, 403, "/v1/credentials/nope", a.deploy, last) >= 5);
    CHECK(last.status == 429);
    CHECK(field(last.body, "code") == "rate_limited");
    CHECK(contains(last.body, R"("retryable":true)"));
    CHECK(a.on.send("GET", vend_prod, "", other).status == 200);
    CHECK(!contains(a.on.whole_audit("acme", a.admin), "rate_limited"));
}

TEST_CASE("An admin who has used up every bucket of the tenant still takes rights away") {
    acme a;
    const auto doomed = a.on.token(model::role::app, "acme", "deploy");
    const auto id = doomed.substr(doomed.find('_', 3) + 1, ulid::text_size);
    a.restart([](server::config& c) {
        c.limits.tenant_per_second = 1;
        c.limits.burst_seconds = 1;
    });
    reply last;
    static_cast<void>(how_many(a.on, 10, 200, "/v1/whoami", a.admin, last));
    REQUIRE(last.status == 429);
    a.on.expect(204, "DELETE", "/v1/tenants/acme/tokens/" + id, "", a.admin);
    a.on.expect(204, "DELETE", connections + "prod/grants/deploy", "", a.admin);
    a.on.expect(204, "DELETE", connections + "prod", "", a.admin);
    CHECK(a.on.send("GET", vend_prod, "", doomed).status == 401);
}

TEST_CASE("Whoever may not take a right away does not go on above their rate by asking for it") {
    acme a;
    a.restart([](server::config& c) {
        c.limits.tenant_per_second = 1;
        c.limits.burst_seconds = 1;
    });
    reply last;
    static_cast<void>(how_many(a.on, 10, 200, "/v1/whoami", a.deploy, last));
    REQUIRE(last.status == 429);
    bool was_refused = false;
    for (int n = 0; n < 10 && !was_refused; ++n)
        was_refused = a.on.send("DELETE", connections + "prod", "", a.deploy).status == 429;
    CHECK(was_refused);
    a.on.expect(204, "DELETE", connections + "prod/grants/deploy", "", a.admin);
}

TEST_CASE("A tenant's dead tokens are limited together, apart from its living ones") {
    acme a;
    const auto dead = a.on.expired_token(model::role::app, "acme", "deploy");
    a.restart([](server::config& c) {
        c.limits.dead_tokens_per_second = 1;
        c.limits.burst_seconds = 2;
    });
    reply last;
    CHECK(how_many(a.on, 10, 401, vend_prod, dead, last) >= 2);
    CHECK(last.status == 429);
    CHECK(a.on.send("GET", vend_prod, "", a.deploy).status == 200);
}

}  // namespace
}  // namespace hourkey::test
