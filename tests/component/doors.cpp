// What every door keeps to, and what each has of its own.

#include "json/reader.hpp"
#include "live_server.hpp"
#include "raw_client.hpp"
#include "server/config.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace hourkey::test {
namespace {

using namespace std::chrono_literals;

const std::string own_role = "arn:aws:iam::444455556666:role/hourkey/prod",
                  other_role = "arn:aws:iam::444455556666:role/hourkey/other";
const std::string links = "/v1/tenants/acme/connections/";

struct acme {
    live_server on;
    std::string admin = on.add_tenant("acme", {"deploy", "other"});
    std::string deploy = on.token(model::role::app, "acme", "deploy");

    explicit acme(const live_server::adjustment& adjust = {}) : on(adjust) { link("prod", own_role); }
    void link(const std::string& name, const std::string& role) { on.add_connection(admin, "acme", name, role); }
    void allow(const std::string& connection = "prod") {
        on.expect(201, "PUT", links + connection + "/grants/deploy", "{}", admin);
    }
    void disallow(const std::string& connection = "prod") {
        on.expect(204, "DELETE", links + connection + "/grants/deploy", "", admin);
    }
    std::string audit() { return on.whole_audit("acme", admin); }
    /// AssumeRole calls for vends; verify's carry a session policy.
    std::size_t sts_calls() {
        const auto all = on.sts().history();
        return static_cast<std::size_t>(std::ranges::count_if(all, [](const auto& call) { return !call.had_policy; }));
    }
    reply resolve(const std::string& body) { return on.send("POST", "/v1/resolve", body, deploy); }
    reply access(const std::string& tenant, const std::string& secret, const std::string& app) {
        return on.send(
            "POST", "/tenants/" + tenant + "/secrets/access",
            R"({"secretName":")" + secret + R"(","appName":")" + app + R"(","serviceName":"api","stageName":"dev"})",
            deploy);
    }
    reply read_vault(const std::string& path = "aws/sts/prod") { return on.send("GET", "/v1/" + path, "", deploy); }
};

/// A text of an object in the object.
std::string inner(const std::string& body, std::string_view object, std::string_view name) {
    const auto document = must(json::parse(body));
    auto found = must(document.root().optional_object(object));
    REQUIRE_MESSAGE(found.has_value(), body);
    return std::string(must(found->string(name)));
}

struct way {
    std::string_view verb, target, body;
};
/// Every way to the credentials of `prod`.
const way ways[] = {
    {"GET", "/v1/credentials/prod", ""},
    {"POST", "/v1/credentials/prod", "{}"},
    {"GET", "/v1/environment/prod", ""},
    {"POST", "/v1/resolve", R"({"refs":["secrets:prod"]})"},
    {"POST", "/v1/resolve", R"({"refs":["secrets:prod.accessKeyId","secrets:prod.sessionToken"]})"},
    {"POST", "/tenants/acme/secrets/access", R"({"secretName":"prod","appName":"deploy"})"},
    {"GET", "/v1/aws/creds/prod", ""},
    {"PUT", "/v1/aws/sts/prod", R"({"ttl":"3600s"})"},
    {"POST", "/v1/aws/sts/prod", ""},
};

}  // namespace

TEST_CASE(
    "On every door refusals cost no call to AWS and one record with a count, and a changed grant is felt at once") {
    acme a;
    std::vector<std::string> tokens;
    for (const auto& w : ways) {
        const std::string target(w.target), body(w.body);
        CAPTURE(target);
        // Of its own, for equal refusals count together whichever door they come through.
        tokens.push_back(a.on.token(model::role::app, "acme", "deploy"));
        const auto ask = [&] { return a.on.send(w.verb, target, body, tokens.back()).status; };
        const auto calls = a.sts_calls();
        const auto denied = [&] { return count(a.audit(), R"("outcome":"denied","reason":"app_not_allowed")"); };
        const auto before = denied();
        for (int i = 0; i < 5; ++i) CHECK(ask() == 403);
        CHECK(a.sts_calls() == calls);
        CHECK(denied() == before + 1);
        a.allow();
        CHECK(ask() == 200);
        CHECK(a.sts_calls() == calls + 1);
        a.disallow();
        CHECK(ask() == 403);
        CHECK(a.sts_calls() == calls + 1);
        CHECK(denied() == before + 1);
    }
    a.on.stop();
    a.on.start();
    CHECK(count(a.audit(), R"("count":5)") == tokens.size());
}

TEST_CASE("On every door a token that was revoked gets nothing from the revocation's answer on") {
    acme a;
    a.allow();
    for (const auto& w : ways) {
        const std::string target(w.target), body(w.body);
        CAPTURE(target);
        const auto issued =
            a.on.expect(201, "POST", "/v1/tenants/acme/tokens", R"({"role":"app","app":"deploy"})", a.admin);
        const auto token = field(issued, "token");
        CHECK(a.on.send(w.verb, target, body, token).status == 200);
        a.on.expect(204, "DELETE", "/v1/tenants/acme/tokens/" + field(issued, "id"), "", a.admin);
        const auto refused = a.on.send(w.verb, target, body, token);
        CHECK(refused.status == (contains(target, "/aws/") ? 403 : 401));
        CHECK(field(refused.body, "code") == "unauthenticated");
    }
    CHECK(count(a.audit(), R"("outcome":"denied","reason":"unauthenticated")") == std::size(ways));
}

TEST_CASE("On every door a record is on disk before the answer, or there is no answer") {
    acme a;
    a.allow();
    for (const auto& w : ways) {
        CAPTURE(w.target);
        const auto got = a.on.send(w.verb, std::string(w.target), std::string(w.body), a.deploy);
        REQUIRE(got.status == 200);
        const auto records = a.audit();
        const auto keys = a.on.sts().history();
        CHECK(contains(records, keys.back().access_key));
        CHECK(contains(got.body, keys.back().access_key));
    }
}

TEST_CASE("References cost one session for each connection that they name, each on record under the call's id") {
    acme a;
    a.link("other", other_role);
    a.on.expect(200, "PUT", links + "other",
                R"({"kind":"role","role_arn":")" + other_role + R"(","default_region":"eu-west-3"})", a.admin);
    a.allow("prod");
    a.allow("other");
    const auto got = a.resolve(
        R"({"refs":["secrets:prod","secrets:other.accessKeyId","secrets:other.secretAccessKey",)"
        R"("secrets:other.sessionToken","secrets:other.region","secrets:other.accountId","secrets:other.expiration",)"
        R"("secrets:prod"],"context":{"stage":"dev","service":"s","region":"eu-west-1","project":"p"}})");
    INFO(got.body);
    REQUIRE(got.status == 200);
    CHECK(a.sts_calls() == 2);
    const auto calls = a.on.sts().history();
    const auto& of_other =
        calls[calls.size() - 1].role_arn == other_role ? calls[calls.size() - 1] : calls[calls.size() - 2];
    CHECK(inner(got.body, "values", "secrets:other.accessKeyId") == of_other.access_key);
    CHECK(inner(got.body, "values", "secrets:other.region") == "eu-west-3");
    CHECK(inner(got.body, "values", "secrets:other.accountId") == "444455556666");
    CHECK(count(got.body, R"("secrets:prod":{"accessKeyId":"ASIA)") == 1);
    CHECK(contains(got.body, R"("errors":{})"));
    const auto records = a.audit();
    CHECK(count(records, R"("action":"vend","outcome":"granted")") == 2);
    const auto first = records.rfind(R"("request_id":")");
    const auto id = records.substr(first, records.find('"', first + 14) - first);
    CHECK(count(records, id) == 2);
}

TEST_CASE("Of references all come or none, and none costs the others a session") {
    acme a;
    a.allow();
    const auto got = a.resolve(R"({"refs":["secrets:prod","secrets:nowhere","secrets:Not_a_name.region"]})");
    CHECK(got.status == 403);
    CHECK(field(got.body, "code") == "app_not_allowed");
    CHECK(field(got.body, "message").starts_with("secrets:nowhere: "));
    CHECK(contains(field(got.body, "hint"), "/connections/nowhere/grants/deploy"));
    CHECK(contains(got.body, R"("errors":{"secrets:Not_a_name.region":{"code":"app_not_allowed")"));
    CHECK(contains(got.body, R"("secrets:nowhere":{"code":"app_not_allowed")"));
    CHECK(!contains(got.body, "ASIA"));
    CHECK(a.sts_calls() == 0);
    CHECK(!contains(a.audit(), R"("outcome":"granted")"));
    CHECK(count(a.audit(), R"("outcome":"denied","reason":"app_not_allowed")") == 2);

    const auto part = a.resolve(R"({"refs":["secrets:prod.accessKeyId","secrets:nowhere"],"partial":true})");
    CHECK(part.status == 200);
    CHECK(inner(part.body, "values", "secrets:prod.accessKeyId").starts_with("ASIA"));
    CHECK(contains(part.body, R"("errors":{"secrets:nowhere":{"code":"app_not_allowed")"));
    CHECK(a.sts_calls() == 1);
}

TEST_CASE("A region that a connection does not have is what is missing, with the others in hand or not") {
    acme a;
    a.allow();
    const auto got = a.resolve(R"({"refs":["secrets:prod.region","secrets:prod.accessKeyId"]})");
    CHECK(got.status == 404);
    CHECK(contains(got.body, R"("errors":{"secrets:prod.region":{"code":"not_found")"));
    const auto part = a.resolve(R"({"refs":["secrets:prod.region","secrets:prod.accessKeyId"],"partial":true})");
    CHECK(part.status == 200);
    CHECK(inner(part.body, "values", "secrets:prod.accessKeyId").starts_with("ASIA"));
}

TEST_CASE("What AWS refuses of one reference is that one's, and what cannot be mended by trying again is told first") {
    acme a;
    a.link("other", other_role);
    a.allow("prod");
    a.allow("other");
    a.on.sts().delete_role(other_role);
    const auto got = a.resolve(R"({"refs":["secrets:prod","secrets:other"]})");
    CHECK(got.status == 422);
    CHECK(field(got.body, "code") == "trust_refused");
    CHECK(contains(got.body, R"("errors":{"secrets:other":{"code":"trust_refused")"));
    CHECK(!contains(got.body, "ASIA"));
}

TEST_CASE("References are at most 20 connections', each of which is paid for") {
    acme a([](server::config& c) {
        c.limits.token_per_second = 2;
        c.limits.burst_seconds = 10;  // 20 units at once
    });
    const auto refs = [](int connections) {
        std::string body = R"({"refs":["secrets:c0")";
        for (int i = 1; i < connections; ++i) body += R"(,"secrets:c)" + std::to_string(i) + '"';
        return body + "]}";
    };
    const auto many = a.resolve(refs(21));
    CHECK(many.status == 400);
    CHECK(contains(field(many.body, "message"), "20 connections"));
    const auto fresh = a.on.token(model::role::app, "acme", "deploy");
    CHECK(a.on.send("POST", "/v1/resolve", refs(20), fresh).status == 403);
    CHECK(a.on.send("POST", "/v1/resolve", refs(20), fresh).status == 429);
}

TEST_CASE("Of a minute a token's reads through Vault's paths get one triple, whichever thread answers") {
    acme a;
    a.allow();
    const auto first = a.read_vault();
    REQUIRE(first.status == 200);
    const auto key = inner(first.body, "data", "access_key"), secret = inner(first.body, "data", "secret_key");
    CHECK(inner(first.body, "data", "security_token") == inner(first.body, "data", "session_token"));
    CHECK(field(first.body, "mount_type") == "aws");
    constexpr std::size_t reads = 12;
    for (std::size_t i = 0; i < reads; ++i) {
        auto client = a.on.connect();  // of its own, and so on any thread
        const auto again = client.send("GET", i % 2 == 0 ? "/v1/aws/sts/prod" : "/v1/aws/creds/prod", "", a.deploy);
        CHECK(again.status == 200);
        CHECK(inner(again.body, "data", "access_key") == key);
        CHECK(inner(again.body, "data", "secret_key") == secret);
    }
    CHECK(a.sts_calls() == 1);
    const auto records = a.audit();
    CHECK(count(records, R"("action":"vend","outcome":"granted")") == 1);
    CHECK(count(records, R"("action":"vend","outcome":"reissued")") == reads);
    CHECK(count(records, R"("access_key_id":")" + key) == reads + 1);

    const auto fresh = a.on.expect(200, "GET", "/v1/credentials/prod", "", a.deploy);
    CHECK(field(fresh, "AccessKeyId") != key);
    const auto anothers = a.on.send("GET", "/v1/aws/sts/prod", "", a.on.token(model::role::app, "acme", "deploy"));
    CHECK(inner(anothers.body, "data", "access_key") != key);
    CHECK(!contains(a.on.everything_written(), secret));
}

TEST_CASE("Reads of one credential that come at once get one triple") {
    acme a;
    a.allow();
    constexpr std::size_t clients = 6;
    std::vector<reply> got(clients);
    std::vector<std::thread> threads;
    for (auto& one : got)
        threads.emplace_back([&a, &one] {
            auto client = a.on.connect();
            one = client.send("GET", "/v1/aws/sts/prod", "", a.deploy);
        });
    for (auto& t : threads) t.join();
    for (const auto& one : got)
        CHECK(inner(one.body, "data", "access_key") == inner(got[0].body, "data", "access_key"));
    CHECK(a.sts_calls() == 1);
    CHECK(count(a.audit(), R"("outcome":"reissued")") == clients - 1);
}

TEST_CASE("A triple that is held is handed out across no change of what it rests on") {
    acme a;
    a.allow();
    const auto read = [&] { return inner(a.read_vault().body, "data", "access_key"); };
    const auto first = read();
    CHECK(read() == first);
    a.disallow();
    CHECK(a.read_vault().status == 403);
    a.allow();
    const auto second = read();
    CHECK(second != first);
    a.on.expect(201, "PUT", links + "other", R"({"kind":"role","role_arn":")" + other_role + R"("})", a.admin);
    CHECK(read() == second);  // another connection's change is none of this one's
    a.on.expect(200, "PUT", links + "prod",
                R"({"kind":"role","role_arn":")" + own_role + R"(","default_region":"eu-west-1"})", a.admin);
    CHECK(read() != second);
    a.on.expect(200, "PUT", links + "prod", R"({"kind":"role","role_arn":")" + other_role + R"("})", a.admin);
    CHECK(a.read_vault().status == 409);
}

TEST_CASE("A grant that is taken away while many read a held triple is felt from its answer on") {
    acme a;
    a.allow();
    REQUIRE(a.read_vault().status == 200);
    using clock = std::chrono::steady_clock;
    constexpr std::size_t clients = 8;
    std::atomic<std::size_t> granted{0};
    std::atomic<clock::time_point> revoked{clock::time_point::max()};
    std::atomic<std::size_t> late{0};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < clients; ++i)
        threads.emplace_back([&] {
            auto client = a.on.connect();
            for (int refused = 0, asked = 0; refused < 2 && asked < 2000; ++asked) {
                const auto at = clock::now();
                const auto status = client.send("GET", "/v1/aws/sts/prod", "", a.deploy).status;
                if (status == 200) {
                    ++granted;
                    granted.notify_one();
                    if (at > revoked.load()) ++late;
                }
                refused += static_cast<int>(status == 403);
            }
        });
    for (auto seen = granted.load(); seen < 2 * clients; seen = granted.load()) granted.wait(seen);
    a.disallow();
    revoked = clock::now();
    for (auto& t : threads) t.join();
    CHECK(late == 0);
    CHECK(a.sts_calls() == 1);
    const auto records = a.audit();
    CHECK(records.rfind(R"("outcome":"reissued")") < records.rfind(R"("action":"grant.delete")"));
    CHECK(count(records, R"("outcome":"reissued")") == granted.load());
}

TEST_CASE("Through Vault's paths nobody chooses a role, and a ttl is cut to what the grant allows") {
    acme a;
    a.on.expect(201, "PUT", links + "prod/grants/deploy", R"({"max_duration_seconds":1800})", a.admin);
    const auto refused = a.read_vault("aws/sts/prod?role_arn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Fother");
    CHECK(refused.status == 400);
    CHECK(contains(refused.body, R"({"errors":["role_arn is not the role)"));
    CHECK(a.read_vault("aws/sts/prod?role_arn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Fhourkey%2Fprod").status ==
          200);
    CHECK(a.read_vault("aws/sts/prod?name=prod&ttl=").status == 200);
    CHECK(a.read_vault("aws/sts/prod?name=other").status == 400);
    CHECK(a.read_vault("aws/sts/prod?ttl=ever").status == 400);
    CHECK(a.read_vault("aws/sts/prod?ttl=899s").status == 400);
    CHECK(a.sts_calls() == 1);
    const auto cut = a.on.send("PUT", "/v1/aws/sts/prod", R"({"ttl":3600,"role_session_name":"mine"})", a.deploy);
    CHECK(cut.status == 200);
    CHECK(contains(cut.body, "ttl was cut to 1800 seconds."));
    CHECK(contains(cut.body, "role_session_name was not used"));
    CHECK(a.sts_calls() == 1);  // as long as the one that is held
    const auto shorter = a.on.send("PUT", "/v1/aws/sts/prod", R"({"ttl":"15m"})", a.deploy);
    CHECK(a.sts_calls() == 2);
    CHECK(a.on.sts().history().back().duration == 900s);
}

TEST_CASE("Vault's clients are refused in their own shape, never with a 404, and wrapped is nothing") {
    acme a;
    const auto denied = a.read_vault("aws/creds/nowhere");
    CHECK(denied.status == 403);
    CHECK(denied.body.starts_with(R"({"errors":["permission denied: )"));
    CHECK(field(denied.body, "code") == "app_not_allowed");
    CHECK(a.on.send("GET", "/v1/auth/token/lookup-self", "", "hk_app_nonsense").status == 403);
    const auto self = a.on.expect(200, "GET", "/v1/auth/token/lookup-self", "", a.deploy);
    CHECK(!contains(self, a.deploy));
    CHECK(contains(self, R"("app":"deploy")"));

    a.allow();
    raw_client wrapping(a.on.port(), a.on.ca_file());
    REQUIRE(wrapping.write("GET /v1/aws/sts/prod HTTP/1.1\r\nHost: localhost\r\nX-Vault-Token: " + a.deploy +
                           "\r\nX-Vault-Wrap-TTL: 60s\r\n\r\n"));
    const auto refused = wrapping.read_answer();
    CHECK(refused.starts_with("HTTP/1.1 400 "));
    CHECK(contains(refused, "X-Vault-Wrap-TTL cannot be done"));
    CHECK(a.sts_calls() == 0);
}

TEST_CASE("Whoever is not allowed the use of a secret is told its name and the app's, and nothing of other tenants") {
    acme a;
    const auto words = [](const reply& r) {
        REQUIRE(r.status == 403);
        return field(r.body, "message");
    };
    CHECK(words(a.access("acme", "sls-api-services", "deploy")) ==
          R"(use of the secret is not allowed: secret "sls-api-services", app "deploy")");
    a.allow();
    const auto got = a.access("acme", "prod", "deploy");
    REQUIRE(got.status == 200);
    CHECK(inner(got.body, "secretValue", "accessKeyId") == a.on.sts().history().back().access_key);
    CHECK(got.body.starts_with(R"({"secretValue":{"accessKeyId":"ASIA)"));

    CHECK(words(a.access("acme", "prod", "other")) ==
          R"(use of the secret is not allowed: secret "prod", app "other")");
    CHECK(words(a.access("acme", "AKIA_A_SECRET", "deploy")) ==
          R"(use of the secret is not allowed: secret (no name), app "deploy")");
    a.on.add_tenant("rival", {});
    CHECK(words(a.access("rival", "prod", "deploy")) == words(a.access("ghost", "prod", "deploy")));
    CHECK(a.on.send("POST", "/tenants/acme/secrets/access", R"({"secretName":"prod","appName":"deploy"})", a.admin)
              .status == 403);
    CHECK(a.sts_calls() == 1);
}

TEST_CASE("Credentials as variables are flat, and all of them texts") {
    acme a;
    a.allow();
    const auto without = a.on.expect(200, "GET", "/v1/environment/prod?duration_seconds=900", "", a.deploy);
    CHECK(a.on.sts().history().back().duration == 900s);
    CHECK(!contains(without, "AWS_REGION"));
    a.on.expect(200, "PUT", links + "prod",
                R"({"kind":"role","role_arn":")" + own_role + R"(","default_region":"eu-west-1"})", a.admin);
    const auto with = a.on.expect(200, "GET", "/v1/environment/prod", "", a.deploy);
    const auto document = must(json::parse(with));
    auto root = document.root();
    for (const auto name : root.names()) CHECK_MESSAGE(root.string(name).has_value(), std::string(name));
    CHECK(field(with, "AWS_ACCESS_KEY_ID") == a.on.sts().history().back().access_key);
    CHECK(field(with, "AWS_REGION") == "eu-west-1");
    CHECK(field(with, "AWS_DEFAULT_REGION") == "eu-west-1");
    CHECK(field(with, "AWS_CREDENTIAL_EXPIRATION").ends_with("Z"));
    CHECK(field(a.on.expect(200, "GET", "/v1/credentials/prod", "", a.deploy), "Region") == "eu-west-1");
    CHECK(a.on.send("GET", "/v1/environment/nowhere", "", a.deploy).status == 403);
}

}  // namespace hourkey::test
