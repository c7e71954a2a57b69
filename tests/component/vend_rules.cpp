#include "core/name.hpp"
#include "live_server.hpp"
#include "no_more_bytes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

namespace hourkey::test {
namespace {

using clock = std::chrono::steady_clock;

const std::string prod_role = "arn:aws:iam::444455556666:role/hourkey/prod",
                  other_role = "arn:aws:iam::444455556666:role/hourkey/other";
const std::string vend_prod = "/v1/credentials/prod", link = "/v1/tenants/acme/connections/prod",
                  grant = link + "/grants/deploy";

/// A tenant with one app and one verified connection, granted to nobody yet.
struct acme {
    live_server on;
    std::string admin = on.add_tenant("acme", {"deploy", "other"});
    std::string external_id = on.add_connection(admin, "acme", "prod", prod_role);
    std::string deploy = on.token(model::role::app, "acme", "deploy");

    reply vend(const std::string& target = vend_prod) { return on.send("GET", target, "", deploy); }
    void allow() { on.expect(201, "PUT", grant, "{}", admin); }
    void disallow() { on.expect(204, "DELETE", grant, "", admin); }
    std::string audit() { return on.whole_audit("acme", admin); }
    /// AssumeRole calls for vends; verify's carry a session policy.
    std::vector<emulator::assume_role_record> vend_calls() {
        auto all = on.sts().history();
        std::erase_if(all, [](const auto& call) { return call.had_policy; });
        return all;
    }
};

bool is_credential(const reply& r) { return contains(r.body, "SecretAccessKey") || contains(r.body, "SessionToken"); }

void check_refused(const reply& r, int status, std::string_view code) {
    CAPTURE(r.body);
    CHECK(r.status == status);
    CHECK(field(r.body, "code") == code);
    CHECK(field(r.body, "Code") == code);
    CHECK(!field(r.body, "hint").empty());
    CHECK(!is_credential(r));
}

/// What one of many clients saw: when it began to ask, and the status.
struct attempt {
    clock::time_point asked;
    int status;
};

/// 32 clients vend until each has been refused twice; meanwhile, after their first successes, `revoke` runs.
/// Returns all attempts and when the revocation had been answered.
template <class Revoke>
std::pair<std::vector<attempt>, clock::time_point> race(acme& a, Revoke revoke) {
    constexpr std::size_t clients = 32;
    constexpr int refusals_wanted = 2, attempts_at_most = 2000;
    std::vector<attempt> all;
    std::mutex guard;
    std::atomic<std::size_t> granted{0};
    std::vector<std::thread> threads;
    threads.reserve(clients);
    for (std::size_t i = 0; i < clients; ++i)
        threads.emplace_back([&] {
            auto client = a.on.connect();
            std::vector<attempt> mine;
            for (int refused = 0; refused < refusals_wanted && mine.size() < attempts_at_most;) {
                const auto asked = clock::now();
                const auto status = client.send("GET", vend_prod, "", a.deploy).status;
                mine.push_back({asked, status});
                if (status == 200) {
                    ++granted;
                    granted.notify_one();
                }
                refused += static_cast<int>(status != 200 &&
                                            status < 500);  // a machine that stalls answers 503, which is no verdict
            }
            const std::lock_guard lock(guard);
            all.insert(all.end(), mine.begin(), mine.end());
        });
    for (auto seen = granted.load(); seen < 2 * clients; seen = granted.load()) granted.wait(seen);
    revoke();
    const auto answered = clock::now();
    for (auto& t : threads) t.join();
    return {std::move(all), answered};
}

void check_race(acme& a, const std::vector<attempt>& all, clock::time_point revoked, int refusal,
                std::string_view revocation) {
    CHECK(std::ranges::count_if(all, [&](const attempt& a) { return a.status == 200 && a.asked > revoked; }) == 0);
    CHECK(std::ranges::count_if(
              all, [&](const attempt& a) { return a.status != 200 && a.status != refusal && a.status < 500; }) == 0);
    CHECK(std::ranges::count(all, 200, &attempt::status) >= 64);
    CHECK(std::ranges::count(all, refusal, &attempt::status) == 64);
    // The records' order is the commits': those in flight were stopped as well.
    const auto records = a.audit();
    const auto granted = records.rfind(R"("outcome":"granted")"), revoked_there = records.find(revocation);
    REQUIRE(granted != std::string::npos);
    REQUIRE(revoked_there != std::string::npos);
    CHECK(granted < revoked_there);
    CHECK(count(records, R"("action":"vend","outcome":"granted")") ==
          static_cast<std::size_t>(std::ranges::count(all, 200, &attempt::status)));
}

}  // namespace

TEST_CASE("An app without a grant gets nothing, STS is not asked, and the denial is on record") {
    acme a;
    check_refused(a.vend(), 403, "app_not_allowed");
    CHECK(a.vend_calls().empty());
    CHECK(count(a.audit(), R"("action":"vend","outcome":"denied","reason":"app_not_allowed")") == 1);
}

TEST_CASE("A grant lasts from its PUT's answer to its DELETE's") {
    acme a;
    a.allow();
    const auto given = a.vend();
    CHECK(given.status == 200);
    CHECK(field(given.body, "AccountId") == "444455556666");
    CHECK(field(given.body, "RoleArn") == prod_role);
    a.disallow();
    check_refused(a.vend(), 403, "app_not_allowed");
    a.allow();
    CHECK(a.vend().status == 200);
    CHECK(a.vend_calls().size() == 2);
}

TEST_CASE("A grant is for one app and one connection, not for names that look like them") {
    acme a;
    a.allow();
    std::set<std::string> refused;  ///< those that cannot be names are on record as one: without a name
    for (const std::string name :
         {"pro", "prod-", "prodd", "PROD", "prod.", "prod~", "prod%20", "prod%2e", "-prod", "%2A"}) {
        const auto got = a.vend("/v1/credentials/" + std::string(name));
        CAPTURE(name);
        CHECK((got.status == 403 || got.status == 400));
        CHECK(!is_credential(got));
        if (got.status == 403) refused.insert(is_name(name) ? name : std::string());
    }
    CHECK(count(a.audit(), R"("outcome":"denied","reason":"app_not_allowed")") == refused.size());
    check_refused(a.on.send("GET", vend_prod, "", a.on.token(model::role::app, "acme", "other")), 403,
                  "app_not_allowed");
    CHECK(a.vend_calls().empty());
}

TEST_CASE("Only a whole, living token of an app vends") {
    acme a;
    a.allow();
    const auto expired = a.on.expired_token(model::role::app, "acme", "deploy");
    const auto made = a.on.expect(201, "POST", "/v1/tenants/acme/tokens", R"({"role":"app","app":"deploy"})", a.admin);
    const auto revoked = field(made, "token");
    CHECK(a.on.send("GET", vend_prod, "", revoked).status == 200);
    a.on.expect(204, "DELETE", "/v1/tenants/acme/tokens/" + field(made, "id"), "", a.admin);

    auto flipped = a.deploy;
    flipped[flipped.size() - 10] = flipped[flipped.size() - 10] == 'a' ? 'b' : 'a';
    const struct {
        std::string name;
        std::string token;
    } rows[] = {{"none", ""},
                {"expired", expired},
                {"revoked", revoked},
                {"one letter of the secret changed", flipped},
                {"cut", a.deploy.substr(0, a.deploy.size() - 1)},
                {"longer", a.deploy + "0"},
                {"another role's prefix", "hk_admin" + a.deploy.substr(a.deploy.find('_', 3))},
                {"lower case id", "hk_app_" + std::string(26, 'a') + a.deploy.substr(33)},
                {"no token of ours", "AKIAIOSFODNN7EXAMPLE"}};
    for (const auto& r : rows) {
        CAPTURE(r.name);
        check_refused(a.on.send("GET", vend_prod, "", r.token), 401, "unauthenticated");
    }
    for (const auto& other : {a.admin, a.on.operator_token(), a.on.token(model::role::auditor, "acme")})
        check_refused(a.on.send("GET", vend_prod, "", other), 403, "role_not_allowed");
    CHECK(a.vend_calls().size() == 1);
    // Known tokens' denials are on record, strangers' are not: they could fill the disk.
    CHECK(count(a.audit(), R"("outcome":"denied","reason":"unauthenticated")") == 2);
    CHECK(count(a.audit(), R"("outcome":"denied","reason":"role_not_allowed")") ==
          2);  // the operator's belongs to no tenant
}

TEST_CASE("Equal refusals have one record at once and their number later; no grant of a right is ever counted") {
    acme a;
    a.allow();
    const auto dead = a.on.expired_token(model::role::app, "acme", "deploy");
    constexpr int asked = 30;
    for (int i = 0; i < asked; ++i) {
        check_refused(a.on.send("GET", vend_prod, "", dead), 401, "unauthenticated");
        check_refused(a.vend("/v1/credentials/none"), 403, "app_not_allowed");
        check_refused(a.vend("/v1/credentials/other"), 403, "app_not_allowed");
        CHECK(a.vend().status == 200);
    }
    const auto sum_of = [](const std::string& audit, std::string_view what) {
        std::size_t sum = 0;
        for (auto at = audit.find(what); at != std::string::npos; at = audit.find(what, at + 1)) {
            const auto record = std::string_view(audit).substr(at, audit.find('}', at) - at);
            const auto number = record.find(R"("count":)");
            sum += number == std::string_view::npos ? 1 : std::stoul(std::string(record.substr(number + 8)));
        }
        return sum;
    };
    const std::string denied = R"("outcome":"denied","reason":)";
    // A slow machine may have come into a second window.
    CHECK(count(a.audit(), denied) >= 3);
    CHECK(count(a.audit(), denied) <= 9);
    CHECK(count(a.audit(), R"("outcome":"granted")") == asked);
    a.on.stop();
    a.on.start();
    const auto audit = a.audit();
    CHECK(sum_of(audit, denied + R"("unauthenticated")") == asked);
    CHECK(sum_of(audit, denied + R"("app_not_allowed","app":"deploy","connection":"none")") == asked);
    CHECK(sum_of(audit, denied + R"("app_not_allowed","app":"deploy","connection":"other")") == asked);
    CHECK(count(audit, R"("outcome":"granted")") == asked);
    CHECK(count(audit, denied) <= 2 * 9);
}

TEST_CASE("Inventing connections does not get more records, and another tenant's are not lost over it") {
    acme a;
    constexpr std::size_t invented = 200;
    for (std::size_t i = 0; i < invented; ++i) {
        check_refused(a.vend("/v1/credentials/n" + std::to_string(i)), 403, "app_not_allowed");
    }
    CHECK(count(a.audit(), R"("outcome":"denied")") < invented);
    const auto other_admin = a.on.add_tenant("corp", {"web"});
    check_refused(a.on.send("GET", vend_prod, "", a.on.token(model::role::app, "corp", "web")), 403, "app_not_allowed");
    CHECK(count(a.on.whole_audit("corp", other_admin), R"("outcome":"denied")") == 1);
}

TEST_CASE("A connection vends only while it is active, and never when its role opens without the external id") {
    acme a;
    a.allow();
    a.on.sts().clear_history();
    SUBCASE("another role in its place waits for its verification") {
        a.on.trust(other_role, {});
        a.on.expect(200, "PUT", link, R"({"kind":"role","role_arn":")" + other_role + R"("})", a.admin);
        check_refused(a.vend(), 409, "connection_not_ready");
        CHECK(a.on.sts().history().empty());
        CHECK(field(a.on.expect(200, "POST", link + "/verify", "", a.admin), "state") == "insecure_trust");
        a.on.sts().clear_history();
        check_refused(a.vend(), 409, "connection_not_ready");
    }
    SUBCASE("a trust policy that was opened later") {
        a.on.trust(prod_role, {});
        CHECK(field(a.on.expect(200, "POST", link + "/verify", "", a.admin), "state") == "insecure_trust");
        a.on.sts().clear_history();
        check_refused(a.vend(), 409, "connection_not_ready");
    }
    CHECK(a.on.sts().history().empty());
}

TEST_CASE("AssumeRole always carries the connection's own external id, whatever a caller says") {
    acme a;
    a.allow();
    const auto other_id = a.on.add_connection(a.admin, "acme", "other", other_role);
    a.on.expect(201, "PUT", "/v1/tenants/acme/connections/other/grants/%2A", "{}", a.admin);
    CHECK(other_id != a.external_id);
    a.on.sts().clear_history();
    for (int i = 0; i < 5; ++i) {
        CHECK(a.vend().status == 200);
        CHECK(a.vend("/v1/credentials/other").status == 200);
    }
    for (const auto& body : {R"({"external_id":"hk-mine"})", R"({"ExternalId":"hk-mine"})",
                             R"({"role_arn":"arn:aws:iam::444455556666:role/other"})", R"({"session_name":"me"})"})
        check_refused(a.on.send("POST", vend_prod, body, a.deploy), 400, "invalid_request");
    check_refused(a.vend(vend_prod + "?external_id=hk-mine"), 400, "invalid_request");
    CHECK(a.on.send("PUT", "/v1/tenants/acme/connections/third",
                    R"({"kind":"role","role_arn":")" + prod_role +
                        R"(","external_id":"hk-0123456789abcdef0123456789abcdef"})",
                    a.admin)
              .status == 400);

    const auto calls = a.on.sts().history();
    CHECK(calls.size() == 10);
    for (const auto& call : calls) {
        CAPTURE(call.role_arn);
        CHECK(call.outcome == "ok");
        CHECK(call.external_id == (call.role_arn == prod_role ? a.external_id : other_id));
        CHECK(contains(call.session_name, "acme"));
        CHECK(contains(call.session_name, "deploy"));
        CHECK(call.duration == std::chrono::hours(1));
    }
}

TEST_CASE("Each of many interleaved clients gets credentials of the connection that it asked for") {
    acme a;
    a.allow();
    a.on.add_connection(a.admin, "acme", "other", other_role);
    a.on.expect(201, "PUT", "/v1/tenants/acme/connections/other/grants/deploy", "{}", a.admin);
    a.on.sts().clear_history();

    constexpr std::size_t clients = 8, vends = 20;
    std::array<std::vector<std::pair<std::string, std::string>>, clients> got;  // access key id, role
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < clients; ++i)
        threads.emplace_back([&a, &mine = got[i], i] {
            auto client = a.on.connect();
            for (std::size_t n = 0; n < vends; ++n) {
                reply answer;
                do {  // 503: a disk that stalls, before STS is asked
                    answer = client.send("GET", (i + n) % 2 == 0 ? "/v1/credentials/prod" : "/v1/credentials/other", "",
                                         a.deploy);
                } while (answer.status == 503);
                mine.emplace_back(
                    answer.status == 200 ? field(answer.body, "AccessKeyId") : std::to_string(answer.status),
                    (i + n) % 2 == 0 ? prod_role : other_role);
            }
        });
    for (auto& t : threads) t.join();

    std::vector<std::pair<std::string, std::string>> given, issued;
    for (const auto& mine : got) given.insert(given.end(), mine.begin(), mine.end());
    for (const auto& call : a.on.sts().history()) issued.emplace_back(call.access_key, call.role_arn);
    std::ranges::sort(given);
    std::ranges::sort(issued);
    CHECK(given == issued);
    CHECK(std::ranges::adjacent_find(given, {}, &std::pair<std::string, std::string>::first) == given.end());
    CHECK(count(a.audit(), R"("outcome":"granted")") == clients * vends);
}

TEST_CASE(
    "No vend that was asked for after the grant's DELETE was answered succeeds, and each that did has its record") {
    acme a;
    a.allow();
    const auto [all, revoked] = race(a, [&a] { a.disallow(); });
    check_race(a, all, revoked, 403, R"("action":"grant.delete")");
}

TEST_CASE("No vend that was asked for after the token's DELETE was answered succeeds") {
    acme a;
    a.allow();
    const auto made = a.on.expect(201, "POST", "/v1/tenants/acme/tokens", R"({"role":"app","app":"deploy"})", a.admin);
    a.deploy = field(made, "token");
    const auto [all, revoked] =
        race(a, [&] { a.on.expect(204, "DELETE", "/v1/tenants/acme/tokens/" + field(made, "id"), "", a.admin); });
    check_race(a, all, revoked, 401, R"("action":"token.revoke")");
}

TEST_CASE("A vend is refused when its right goes while STS answers, and keeps what STS gave") {
    acme a;
    a.allow();
    const struct {
        std::string name, verb, target, body;
        int done, refused;
        std::string code;
    } rows[] = {
        {"the connection stands for another role", "PUT", link, R"({"kind":"role","role_arn":")" + other_role + R"("})",
         200, 409, "connection_not_ready"},
        {"the grant", "DELETE", grant, "", 204, 403, "app_not_allowed"},
        {"the token", "DELETE", "/v1/tenants/acme/tokens/", "", 204, 401, "unauthenticated"},
        {"the connection", "DELETE", link, "", 204, 403, "app_not_allowed"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        if (r.name != "the connection stands for another role") {  // as it was
            a.on.expect(200, "PUT", link, R"({"kind":"role","role_arn":")" + prod_role + R"("})", a.admin);
            REQUIRE(field(a.on.expect(200, "POST", link + "/verify", "", a.admin), "state") == "active");
            REQUIRE(a.on.send("PUT", grant, "{}", a.admin).status < 300);
        }
        const auto made =
            a.on.expect(201, "POST", "/v1/tenants/acme/tokens", R"({"role":"app","app":"deploy"})", a.admin);
        a.on.sts().clear_history();
        a.on.sts().set_fault(
            {.what = emulator::fault::slow, .count = 1, .every = {}, .role_arn = {}, .delay = std::chrono::minutes(1)});
        reply got;
        std::thread vending([&] { got = a.on.connect().send("GET", vend_prod, "", field(made, "token")); });
        const bool asked = eventually([&a] { return !a.on.sts().history().empty(); });
        const auto changed =
            a.on.send(r.verb, r.name == "the token" ? r.target + field(made, "id") : r.target, r.body, a.admin);
        a.on.sts().clear_faults();
        vending.join();
        REQUIRE(asked);
        CHECK(changed.status == r.done);
        CHECK(a.on.sts().history().at(0).outcome == "ok");
        check_refused(got, r.refused, r.code);
    }
    CHECK(!contains(a.audit(), R"("outcome":"granted")"));
}

TEST_CASE("Without room for the record nothing is vended and STS is not asked") {
    acme a;
    a.allow();
    a.on.sts().clear_history();
    a.on.stop();
    a.on.start([](server::config& c) { c.store.min_free_mib = 1'000'000; });
    check_refused(a.vend(), 503, "audit_unavailable");
    CHECK(a.on.sts().history().empty());
    CHECK(a.on.send("GET", "/readyz", "", "").status == 503);
    CHECK(a.on.send("GET", "/livez", "", "").status == 200);
    // A change without its record is none either.
    CHECK(a.on.send("DELETE", grant, "", a.admin).status == 503);
    a.on.stop();
    a.on.start();
    CHECK(a.vend().status == 200);
}

TEST_CASE("A record that cannot be written after STS answered keeps the credentials in") {
    acme a;
    a.allow();
    CHECK(a.vend().status == 200);
    a.on.sts().clear_history();
    {
        const no_more_bytes full;
        check_refused(a.vend(), 503, "audit_unavailable");
    }
    const auto calls = a.on.sts().history();
    REQUIRE(calls.size() == 1);
    REQUIRE(!calls[0].access_key.empty());
    REQUIRE(eventually(
        [&a] { return a.on.send("GET", "/readyz", "", "").status == 200; }));  // the writer opens its connection again
    const auto after = a.vend();
    CHECK(after.status == 200);
    const auto records = a.audit();
    CHECK(!contains(records, calls[0].access_key));
    CHECK(contains(records, field(after.body, "AccessKeyId")));
}

TEST_CASE("Durations stay within what was asked, what the grant allows and one hour by default") {
    acme a;
    a.on.expect(201, "PUT", grant, R"({"max_duration_seconds":1800})", a.admin);
    a.on.sts().clear_history();
    CHECK(a.vend().status == 200);
    CHECK(a.vend(vend_prod + "?duration_seconds=900").status == 200);
    check_refused(a.vend(vend_prod + "?duration_seconds=1801"), 400, "duration_out_of_range");
    check_refused(a.vend(vend_prod + "?duration_seconds=899"), 400, "duration_out_of_range");
    check_refused(a.vend(vend_prod + "?min_ttl_seconds=1801"), 409, "min_ttl_unmet");
    check_refused(a.vend(vend_prod + "?duration_seconds=900&duration_seconds=1800"), 400, "invalid_request");
    a.on.expect(200, "PUT", grant, "{}", a.admin);
    CHECK(a.vend(vend_prod + "?duration_seconds=3600").status == 200);
    check_refused(a.vend(vend_prod + "?duration_seconds=3601"), 400, "duration_out_of_range");
    check_refused(a.vend(vend_prod + "?duration_seconds=43200"), 400, "duration_out_of_range");
    const auto calls = a.on.sts().history();
    REQUIRE(calls.size() == 3);
    CHECK(calls[0].duration == std::chrono::seconds(1800));
    CHECK(calls[1].duration == std::chrono::seconds(900));
    CHECK(calls[2].duration == std::chrono::seconds(3600));
}

TEST_CASE(
    "Neither vended secrets, nor tokens, nor hourkey's own key are in the database, its log or the server's log") {
    acme a;
    a.allow();
    const auto given = a.vend();
    REQUIRE(given.status == 200);
    // Where a mistaken client may put its token; refused or not, it stays out of the log.
    for (const auto& target : {"/v1/credentials/" + a.deploy, "/v1/" + a.deploy, vend_prod + "?token=" + a.deploy,
                               "/v1/tenants/acme/apps/" + a.deploy}) {
        const auto got = a.on.send("GET", target, "", a.deploy);
        CHECK(got.status >= 400);
        CHECK(!contains(got.body, a.deploy));
    }
    const auto bad_body = a.on.send("POST", vend_prod, R"({"token":")" + a.deploy + R"("})", a.deploy);
    CHECK(bad_body.status == 400);
    CHECK(!contains(bad_body.body, a.deploy));

    const auto written = a.on.everything_written();
    CHECK(contains(written, "SQLite format 3"));
    CHECK(contains(written, field(given.body, "AccessKeyId")));  // the sweep does see what is there
    for (const auto& secret : {field(given.body, "SecretAccessKey"), field(given.body, "SessionToken"), a.deploy,
                               a.admin, a.on.operator_token(), std::string("the-secret-key-of-hourkey-in-tests-00001")})
        CHECK_MESSAGE(!contains(written, secret), "found ", secret.substr(0, 12));
}

}  // namespace hourkey::test
