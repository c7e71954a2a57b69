// What a verification finds and makes: the finding is the server's own, and each session at AWS is in the trail.

#include "live_server.hpp"
#include "no_more_bytes.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace hourkey::test {
namespace {

const std::string role = "arn:aws:iam::444455556666:role/hourkey/prod";
const std::string vend_prod = "/v1/credentials/prod", link = "/v1/tenants/acme/connections/prod";

struct linked {
    live_server on;
    std::string admin = on.add_tenant("acme", {"deploy"});
    std::string external_id = on.add_connection(admin, "acme", "prod", role);
    std::string deploy = on.token(model::role::app, "acme", "deploy");

    linked() {
        on.expect(201, "PUT", link + "/grants/deploy", "{}", admin);
        REQUIRE(vend().status == 200);
        on.sts().clear_history();
    }
    reply vend() { return on.connect().send("GET", vend_prod, "", deploy); }
    std::string state() { return field(on.expect(200, "GET", link, "", admin), "state"); }
    std::string audit() { return on.whole_audit("acme", admin); }
    /// The role no longer asks for anything.
    void open_role() { on.trust(role, {}); }

    /// A verification whose first call hangs until `meanwhile` has been done.
    reply verify_while(const std::string& token, const std::function<void()>& meanwhile) {
        on.sts().set_fault(
            {.what = emulator::fault::slow, .count = 1, .every = {}, .role_arn = {}, .delay = std::chrono::minutes(1)});
        reply got;
        std::thread verifying([&] { got = on.connect().send("POST", link + "/verify", "", token); });
        const bool asked = eventually([&] { return !on.sts().history().empty(); });
        if (asked) meanwhile();
        on.sts().clear_faults();
        verifying.join();
        REQUIRE(asked);
        return got;
    }
};

void check_each_session_is_recorded(linked& l) {
    const auto records = l.audit();
    std::size_t opened = 0;
    for (const auto& call : l.on.sts().history()) {
        if (call.access_key.empty()) continue;
        ++opened;
        CAPTURE(call.access_key);
        CHECK(contains(records, R"("access_key_id":")" + call.access_key + '"'));
    }
    CHECK(opened > 0);
}

}  // namespace

TEST_CASE("An open role is found and kept though the admin's token ends while AWS answers") {
    linked l;
    l.open_role();
    const auto made = l.on.expect(201, "POST", "/v1/tenants/acme/tokens", R"({"role":"admin"})", l.admin);
    const auto got = l.verify_while(field(made, "token"), [&] {
        l.on.expect(204, "DELETE", "/v1/tenants/acme/tokens/" + field(made, "id"), "", l.admin);
    });
    CHECK(got.status == 401);  // whoever is no longer an admin is told nothing
    CHECK(l.state() == "insecure_trust");
    CHECK(l.vend().status == 409);
    CHECK(contains(l.audit(), R"("reason":"insecure_trust")"));
    check_each_session_is_recorded(l);
}

TEST_CASE("A role that refuses is broken though the admin's token ends while AWS answers") {
    linked l;
    l.on.trust(role, {"hk-another"});
    const auto made = l.on.expect(201, "POST", "/v1/tenants/acme/tokens", R"({"role":"admin"})", l.admin);
    const auto got = l.verify_while(field(made, "token"), [&] {
        l.on.expect(204, "DELETE", "/v1/tenants/acme/tokens/" + field(made, "id"), "", l.admin);
    });
    CHECK(got.status == 401);
    CHECK(l.state() == "broken");
    CHECK(l.vend().status == 409);
}

TEST_CASE("What raises trust is the admin's change: it falls with the token, and its session is recorded") {
    linked l;
    l.on.expect(200, "PUT", link, R"({"kind":"role","role_arn":")" + role + R"(","region":"us-east-1"})",
                l.admin);  // pending again
    const auto made = l.on.expect(201, "POST", "/v1/tenants/acme/tokens", R"({"role":"admin"})", l.admin);
    const auto got = l.verify_while(field(made, "token"), [&] {
        l.on.expect(204, "DELETE", "/v1/tenants/acme/tokens/" + field(made, "id"), "", l.admin);
    });
    CHECK(got.status == 401);
    CHECK(l.state() == "pending");
    check_each_session_is_recorded(l);
    CHECK(contains(l.audit(), R"("action":"connection.verify","outcome":"denied","reason":"unauthenticated")"));
}

TEST_CASE("A finding that the disk does not take holds at once, and is stored when the disk does") {
    linked l;
    l.open_role();
    reply got;
    {
        std::optional<no_more_bytes> full;
        got = l.verify_while(l.admin, [&] { full.emplace(); });
        CHECK(got.status == 503);
        CHECK(contains(field(got.body, "message"), "insecure_trust"));
        CHECK(l.state() == "insecure_trust");  // whatever the row says
    }
    REQUIRE(eventually([&] { return l.on.send("GET", "/readyz", "", "").status == 200; }));
    // From the first moment on in which a vend can be recorded.
    const auto vended = l.vend();
    CHECK(vended.status == 409);
    CHECK(!contains(vended.body, "SecretAccessKey"));
    // A PUT of the same role changes nothing about it.
    l.on.expect(200, "PUT", link, R"({"kind":"role","role_arn":")" + role + R"("})", l.admin);
    CHECK(l.vend().status == 409);
    REQUIRE(eventually([&] { return contains(l.audit(), R"("reason":"insecure_trust")"); }));
    check_each_session_is_recorded(l);
    l.on.stop();
    l.on.start();
    CHECK(l.state() == "insecure_trust");  // stored
    l.on.trust(role, {l.external_id});
    CHECK(field(l.on.expect(200, "POST", link + "/verify", "", l.admin), "state") == "active");
    CHECK(l.vend().status == 200);
}

TEST_CASE("A vend that waits for AWS while the role is found open is not given out") {
    linked l;
    l.open_role();
    l.on.sts().set_fault(
        {.what = emulator::fault::slow, .count = 1, .every = {}, .role_arn = {}, .delay = std::chrono::minutes(1)});
    reply got;
    std::thread vending([&] { got = l.vend(); });
    const bool asked = eventually([&] { return !l.on.sts().history().empty(); });
    const auto verified = l.on.connect().send("POST", link + "/verify", "", l.admin);
    l.on.sts().clear_faults();
    vending.join();
    REQUIRE(asked);
    CHECK(field(verified.body, "state") == "insecure_trust");
    CHECK(got.status == 409);
    CHECK(!contains(got.body, "SecretAccessKey"));
}

TEST_CASE(
    "Each session that a verification opens is recorded with its key, its request and its name, whoever receives it") {
    struct row {
        const char* name;
        bool asks_for_ours;
        std::size_t sessions;
    };
    for (const auto& r : {row{"a good role", true, 1}, row{"an open role", false, 3}}) {
        CAPTURE(r.name);
        linked l;
        if (!r.asks_for_ours) l.open_role();
        l.on.expect(200, "POST", link + "/verify", "", l.admin);
        const auto records = l.audit();
        std::size_t sessions = 0;
        for (const auto& call : l.on.sts().history()) {
            if (call.access_key.empty()) continue;
            ++sessions;
            const auto at = records.find(call.access_key);
            REQUIRE(at != std::string::npos);
            const auto record = records.substr(records.rfind('{', at), records.find('}', at) - records.rfind('{', at));
            CHECK(contains(record, R"("session_name":")" + call.session_name + '"'));
            CHECK(contains(record, R"("sts_request_id":")"));
            CHECK(contains(record, R"("role_arn":")" + role + '"'));
        }
        CHECK(sessions == r.sessions);
    }
}

TEST_CASE("A verification that proves nothing is recorded, with why") {
    linked l;
    l.on.sts().set_fault({.what = emulator::fault::throttling, .count = 100, .every = {}, .role_arn = {}, .delay = {}});
    const auto got = l.on.expect(200, "POST", link + "/verify", "", l.admin);
    l.on.sts().clear_faults();
    CHECK(field(got, "state") == "active");
    CHECK(contains(l.audit(), R"("action":"connection.verify","outcome":"error","reason":"sts_throttled")"));
    CHECK(contains(l.audit(), "no_external_id"));
}

TEST_CASE("A verification that could not be recorded is not begun") {
    linked l;
    l.on.stop();
    l.on.start([](server::config& c) { c.store.min_free_mib = 1'000'000'000; });
    l.on.sts().clear_history();
    const auto got = l.on.send("POST", link + "/verify", "", l.admin);
    CHECK(got.status == 503);
    CHECK(field(got.body, "code") == "audit_unavailable");
    CHECK(l.on.sts().history().empty());
    l.on.stop();
    l.on.start();
}

TEST_CASE("A connection in use is verified unasked, and vends no more when its role is open by then") {
    linked l;
    l.on.stop();
    l.on.start([](server::config& c) { c.linking.verify_every = 1; });
    l.open_role();
    CHECK(eventually([&] { return l.state() == "insecure_trust"; }));
    CHECK(l.vend().status == 409);
    CHECK(contains(l.audit(), R"("actor":"server")"));
    check_each_session_is_recorded(l);
}

}  // namespace hourkey::test
