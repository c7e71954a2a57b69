#include "emulator/sts_emulator.hpp"

#include "crypto/random.hpp"
#include "signing.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace hourkey;
using namespace hourkey::emulator;
using namespace hourkey::emulator::test;

namespace {

struct sts_of_one_user {
    fixed_clock clock;
    sts_emulator sts{clock, 8};

    sts_of_one_user() {
        sts.put_user(user_key, user_secret, user_arn);
        sts.put_role(open_role());
    }
    answer ask(const parameter_list& parameters, const key_pair& with = {}) { return sts.answer_to(signed_post(parameters, clock.at, with).view()); }
    answer assume(const parameter_list& more = {}, const key_pair& with = {}) { return ask(assume_role_parameters(deploy_role, more), with); }
    static std::string code_of(const answer& a) { return a.status == 200 ? "ok" : std::to_string(a.status) + " " + element(a.body, "Code"); }
};

}  // namespace

TEST_CASE_FIXTURE(sts_of_one_user, "AssumeRole answers in AWS's form") {
    const auto a = assume({{"DurationSeconds", "900"}, {"SourceIdentity", "alice"}, {"Policy", "{}"}});
    REQUIRE(a.status == 200);
    CHECK(header_of(a, "Content-Type") == "text/xml");
    CHECK(header_of(a, "Date") == "Fri, 02 Jan 2026 03:04:05 GMT");
    CHECK(header_of(a, "x-amzn-RequestId") == element(a.body, "RequestId"));
    CHECK(header_of(a, "x-amzn-RequestId").size() == 36);
    CHECK(a.body.starts_with(R"(<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>)"));
    CHECK(element(a.body, "Expiration") == "2026-01-02T03:19:05Z");
    CHECK(element(a.body, "Arn") == "arn:aws:sts::444455556666:assumed-role/deploy/app-1");
    CHECK(element(a.body, "AssumedRoleId").starts_with("AROA"));
    CHECK(element(a.body, "AssumedRoleId").ends_with(":app-1"));
    CHECK(element(a.body, "SourceIdentity") == "alice");
    CHECK(element(a.body, "PackedPolicySize") == "1");
    CHECK(issued(a.body).access_key.starts_with("ASIA"));
    CHECK(issued(a.body).access_key.size() == 20);
    CHECK(issued(a.body).secret_key.size() == 40);
    CHECK(issued(assume().body).access_key != issued(assume().body).access_key);
}

TEST_CASE_FIXTURE(sts_of_one_user, "GetCallerIdentity names who signed, by POST, by GET and presigned") {
    const auto user = ask(identity_parameters);
    CHECK(element(user.body, "Arn") == user_arn);
    CHECK(element(user.body, "Account") == "111122223333");
    CHECK(element(user.body, "UserId").starts_with("AIDA"));

    const auto session = issued(assume().body);
    const auto role_session = ask(identity_parameters, session);
    CHECK(role_session.status == 200);
    CHECK(element(role_session.body, "Arn") == "arn:aws:sts::444455556666:assumed-role/deploy/app-1");
    CHECK(element(role_session.body, "Account") == "444455556666");
    CHECK(element(role_session.body, "UserId").ends_with(":app-1"));

    for (const auto& with : {key_pair{}, session}) {
        message get;
        get.method = "GET";
        get.target = "/?" + form_text(identity_parameters);
        get.headers = {{"Host", "localhost:4599"}};
        const std::vector<aws::header_view> covered(get.headers.begin(), get.headers.end());
        auto presigned = get;
        presigned.target = aws::sign_query({"GET", get.target, covered}, with.for_signing(), {"eu-west-1", "sts", clock.at}, 60s).target;
        CHECK(sts.answer_to(presigned.view()).status == 200);
        const auto made = aws::sign_header({"GET", get.target, covered}, with.for_signing(), {"eu-west-1", "sts", clock.at});
        get.headers.emplace_back("X-Amz-Date", made.amz_date);
        if (!with.token.empty()) get.headers.emplace_back("X-Amz-Security-Token", with.token);
        get.headers.emplace_back("Authorization", made.authorization);
        CHECK(sts.answer_to(get.view()).status == 200);
        // STS ignores X-Amz-Expires: the fifteen minutes count.
        clock.at += 14min;
        CHECK(sts.answer_to(presigned.view()).status == 200);
        clock.at += 2min;
        CHECK(code_of(sts.answer_to(presigned.view())) == "403 SignatureDoesNotMatch");
        clock.at -= 16min;
    }
}

TEST_CASE_FIXTURE(sts_of_one_user, "who may not sign is told why in AWS's codes") {
    const auto session = issued(assume().body);
    const auto other = issued(assume().body);
    struct row {
        const char* name;
        key_pair with;
        const char* code;
    };
    const row rows[] = {
        {"the user", {}, "ok"},
        {"wrong secret", {std::string(user_key), "wrong", ""}, "403 SignatureDoesNotMatch"},
        {"unknown key", {"AKIDOTHER", std::string(user_secret), ""}, "403 InvalidClientTokenId"},
        {"user with a token", {std::string(user_key), std::string(user_secret), "token"}, "403 InvalidClientTokenId"},
        {"user with a session's token", {std::string(user_key), std::string(user_secret), session.token}, "403 InvalidClientTokenId"},
        {"session", session, "ok"},
        {"session without token", {session.access_key, session.secret_key, ""}, "403 InvalidClientTokenId"},
        {"session with another's token", {session.access_key, session.secret_key, other.token}, "403 InvalidClientTokenId"},
        {"session with another's secret", {session.access_key, other.secret_key, session.token}, "403 SignatureDoesNotMatch"},
        {"session with a forged token", {session.access_key, session.secret_key, session.token + "="}, "403 InvalidClientTokenId"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(code_of(ask(identity_parameters, r.with)) == r.code);
    }
    message unsigned_one;
    unsigned_one.body = form_text(identity_parameters);
    unsigned_one.headers = {{"Host", "h"}};
    CHECK(code_of(sts.answer_to(unsigned_one.view())) == "403 MissingAuthenticationToken");
}

TEST_CASE_FIXTURE(sts_of_one_user, "a request is taken within fifteen minutes of the server's clock") {
    const auto early = signed_post(identity_parameters, clock.at + 15min + 1s);
    CHECK(code_of(sts.answer_to(early.view())) == "403 SignatureDoesNotMatch");
    CHECK(element(sts.answer_to(early.view()).body, "Message").starts_with("Signature not yet current"));
    const auto late = signed_post(identity_parameters, clock.at - 15min - 1s);
    CHECK(element(sts.answer_to(late.view()).body, "Message").starts_with("Signature expired"));
    sts.set_clock_offset(-5s);
    CHECK(sts.answer_to(late.view()).status == 200);
    CHECK(header_of(sts.answer_to(late.view()), "Date") == "Fri, 02 Jan 2026 03:04:00 GMT");
}

TEST_CASE_FIXTURE(sts_of_one_user, "a session signs until it expires and no longer") {
    const auto session = issued(assume({{"DurationSeconds", "900"}}).body);
    clock.at += 900s - 1s;
    CHECK(ask(identity_parameters, session).status == 200);
    clock.at += 1s;
    CHECK(code_of(ask(identity_parameters, session)) == "403 ExpiredToken");
    CHECK(code_of(ask(identity_parameters, {session.access_key, "wrong", session.token})) == "403 SignatureDoesNotMatch");
}

TEST_CASE_FIXTURE(sts_of_one_user, "durations are bound by the role, and by an hour when a session asks") {
    auto second = open_role("arn:aws:iam::444455556666:role/second");
    second.principals = {std::string(deploy_role)};
    second.max_session_duration = 43200s;
    sts.put_role(second);
    auto longer = open_role("arn:aws:iam::444455556666:role/longer");
    longer.max_session_duration = 7200s;
    sts.put_role(longer);
    const auto session = issued(assume().body);
    struct row {
        const char* name;
        std::string role_arn;
        const char* seconds;
        key_pair with;
        const char* code;
    };
    const row rows[] = {
        {"an hour", std::string(deploy_role), "3600", {}, "ok"},
        {"over the default maximum", std::string(deploy_role), "3601", {}, "400 ValidationError"},
        {"at the role's maximum", longer.arn, "7200", {}, "ok"},
        {"over the role's maximum", longer.arn, "7201", {}, "400 ValidationError"},
        {"chained for an hour", second.arn, "3600", session, "ok"},
        {"chained for longer", second.arn, "3601", session, "400 ValidationError"},
        {"role that the user may not assume", second.arn, "3600", {}, "403 AccessDenied"},
        {"role that the session may not assume", longer.arn, "3600", session, "403 AccessDenied"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(code_of(ask(assume_role_parameters(r.role_arn, {{"DurationSeconds", r.seconds}}), r.with)) == r.code);
    }
}

TEST_CASE_FIXTURE(sts_of_one_user, "a refused role and one that does not exist are answered alike") {
    auto closed = open_role("arn:aws:iam::444455556666:role/closed");
    closed.principals = {};
    sts.put_role(closed);
    const auto refused = ask(assume_role_parameters(closed.arn));
    const auto missing = ask(assume_role_parameters("arn:aws:iam::444455556666:role/absent"));
    CHECK(code_of(refused) == "403 AccessDenied");
    CHECK(element(refused.body, "Message") ==
          "User: arn:aws:iam::111122223333:user/hourkey is not authorized to perform: sts:AssumeRole on resource: " + closed.arn);
    CHECK(between(missing.body, "<Error>", " on resource") == between(refused.body, "<Error>", " on resource"));
    CHECK(missing.status == refused.status);
    sts.put_user("AKIAROOT", "s", "arn:aws:iam::111122223333:root");
    CHECK(element(assume({}, {"AKIAROOT", "s", ""}).body, "Message") == "Roles may not be assumed by root accounts.");
}

TEST_CASE_FIXTURE(sts_of_one_user, "other actions and versions are refused by name") {
    CHECK(code_of(ask({{"Action", "GetSessionToken"}, {"Version", "2011-06-15"}})) == "400 InvalidAction");
    CHECK(code_of(ask({{"Action", "AssumeRole"}})) == "400 InvalidAction");
    CHECK(code_of(ask({{"Action", "AssumeRole"}, {"Version", "2010-01-01"}})) == "400 InvalidAction");
    CHECK(code_of(ask({{"Version", "2011-06-15"}})) == "400 MissingAction");
    const auto hostile = ask({{"Action", "<x>&\""}, {"Version", "2011-06-15"}});
    CHECK(element(hostile.body, "Message") == "Could not find operation &lt;x&gt;&amp;&quot; for version 2011-06-15");
    message broken;
    broken.body = "Action=%zz";
    CHECK(sts.answer_to(broken.view()).status == 400);
}

TEST_CASE_FIXTURE(sts_of_one_user, "the history tells who asked for what with which external id, and is bounded") {
    CHECK(assume({{"ExternalId", "hk-1"}, {"PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/X"}, {"DurationSeconds", "900"}}).status == 200);
    CHECK(ask(assume_role_parameters("arn:aws:iam::444455556666:role/absent")).status == 403);
    CHECK(assume({}, {std::string(user_key), "wrong", ""}).status == 403);
    fault_rule throttle;
    throttle.what = fault::throttling;
    throttle.count = 1;
    sts.set_fault(throttle);
    CHECK(assume().status == 400);
    CHECK(ask(identity_parameters).status == 200);
    const auto seen = sts.history();
    REQUIRE(seen.size() == 4);
    CHECK(seen[0].caller == user_arn);
    CHECK(seen[0].role_arn == deploy_role);
    CHECK(seen[0].session_name == "app-1");
    CHECK(seen[0].external_id == "hk-1");
    CHECK(seen[0].had_policy);
    CHECK(seen[0].duration == 900s);
    CHECK(seen[0].outcome == "ok");
    CHECK(seen[0].access_key.starts_with("ASIA"));
    CHECK(seen[1].outcome == "AccessDenied");
    CHECK_FALSE(seen[1].external_id);
    CHECK_FALSE(seen[1].had_policy);
    CHECK(seen[2].outcome == "SignatureDoesNotMatch");
    CHECK(seen[2].caller.empty());
    CHECK(seen[3].outcome == "Throttling");
    CHECK(seen[3].struck_by == fault::throttling);
    for (int i = 0; i < 8; ++i) CHECK(assume({{"ExternalId", "id-" + std::to_string(i)}}).status == 200);
    REQUIRE(sts.history().size() == 8);
    CHECK(sts.history().front().external_id == "id-0");
}

TEST_CASE_FIXTURE(sts_of_one_user, "a wrong secret never passes") {
    std::array<unsigned char, 2> random{};
    for (int i = 0; i < 2000; ++i) {
        crypto::fill_random(random);
        std::string secret_key(user_secret);
        // One bit anywhere, a character less, one more, or another secret altogether.
        switch (i % 4) {
            case 0: secret_key[random[0] % secret_key.size()] = static_cast<char>(secret_key[random[0] % secret_key.size()] ^ (1 << (random[1] % 7))); break;
            case 1: secret_key.erase(random[0] % secret_key.size(), 1); break;
            case 2: secret_key.insert(secret_key.begin() + random[0] % 40, static_cast<char>('a' + random[1] % 26)); break;
            default: secret_key = to_hex(random); break;
        }
        if (secret_key == user_secret) continue;
        CAPTURE(secret_key);
        REQUIRE(code_of(ask(identity_parameters, {std::string(user_key), secret_key, ""})) == "403 SignatureDoesNotMatch");
    }
}

TEST_CASE_FIXTURE(sts_of_one_user, "a skewed clock refuses a true time and takes the time it shows") {
    for (const auto f : {fault::clock_skew, fault::clock_skew_no_date, fault::clock_skew_age}) {
        CAPTURE(describe(f).name);
        fault_rule rule;
        rule.what = f;
        sts.set_fault(rule);
        const auto refused = assume();
        CHECK(code_of(refused) == "403 SignatureDoesNotMatch");
        CHECK(header_of(refused, "Date") == (f == fault::clock_skew_no_date ? "" : "Fri, 02 Jan 2026 04:04:05 GMT"));
        CHECK(header_of(refused, "Age") == (f == fault::clock_skew_age ? "3" : ""));
        CHECK(sts.answer_to(signed_post(assume_role_parameters(), clock.at + 1h).view()).status == 200);
        sts.clear_faults();
    }
}

TEST_CASE_FIXTURE(sts_of_one_user, "several threads may ask, set and read at once") {
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 100; ++i) {
                const auto region = "eu-west-" + std::to_string((t + i) % 3);
                if (sts.answer_to(signed_post(assume_role_parameters(), clock.at, {}, region).view()).status == 200) ++good;
                if (t == 0) sts.put_role(open_role("arn:aws:iam::444455556666:role/r" + std::to_string(i)));
                if (t == 1) static_cast<void>(sts.history());
                if (t == 2) sts.set_clock_offset(std::chrono::seconds(i % 2));
                if (t == 3) static_cast<void>(sts.fault_at_accept());
            }
        });
    }
    for (auto& t : threads) t.join();
    CHECK(good == 400);
}
