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
    answer ask(const parameter_list& parameters, const key_pair& with = {}) {
        return sts.answer_to(signed_post(parameters, clock.at, with).view());
    }
    answer assume(const parameter_list& more = {}, const key_pair& with = {}) {
        return ask(assume_role_parameters(deploy_role, more), with);
    }
    static std::string base64url(std::string_view text) {
        constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        std::string out;
        unsigned held = 0, bits = 0;
        for (const char c : text) {
            held = (held << 8U) | static_cast<unsigned char>(c);
            for (bits += 8; bits >= 6; bits -= 6) out += alphabet[(held >> (bits - 6)) & 63U];
        }
        if (bits != 0) out += alphabet[(held << (6 - bits)) & 63U];
        return out;
    }
    static std::string code_of(const answer& a) {
        return a.status == 200 ? "ok" : std::to_string(a.status) + " " + element(a.body, "Code");
    }
};

}  // namespace

TEST_CASE_FIXTURE(sts_of_one_user, "AssumeRole answers in AWS's form") {
    const auto a = assume({{"DurationSeconds", "900"}, {"SourceIdentity", "alice"}, {"Policy", std::string(deny_all)}});
    REQUIRE(a.status == 200);
    CHECK(header_of(a, "Content-Type") == "text/xml");
    CHECK(header_of(a, "Date") == "Fri, 02 Jan 2026 03:04:05 GMT");
    CHECK(header_of(a, "x-amzn-RequestId") == element(a.body, "RequestId"));
    CHECK(header_of(a, "x-amzn-RequestId").size() == 36);
    CHECK(a.body.starts_with(
        R"(<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>)"));
    CHECK(element(a.body, "Expiration") == "2026-01-02T03:19:05Z");
    CHECK(element(a.body, "Arn") == "arn:aws:sts::444455556666:assumed-role/deploy/app-1");
    CHECK(element(a.body, "AssumedRoleId").starts_with("AROA"));
    CHECK(element(a.body, "AssumedRoleId").ends_with(":app-1"));
    CHECK(element(a.body, "SourceIdentity") == "alice");
    CHECK(element(a.body, "PackedPolicySize") == "5");
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
        presigned.target =
            aws::sign_query({"GET", get.target, covered}, with.for_signing(), {"eu-west-1", "sts", clock.at}, 60s)
                .target;
        CHECK(sts.answer_to(presigned.view()).status == 200);
        const auto made =
            aws::sign_header({"GET", get.target, covered}, with.for_signing(), {"eu-west-1", "sts", clock.at});
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
        {"user with a session's token",
         {std::string(user_key), std::string(user_secret), session.token},
         "403 InvalidClientTokenId"},
        {"session", session, "ok"},
        {"session without token", {session.access_key, session.secret_key, ""}, "403 InvalidClientTokenId"},
        {"session with another's token",
         {session.access_key, session.secret_key, other.token},
         "403 InvalidClientTokenId"},
        {"session with another's secret",
         {session.access_key, other.secret_key, session.token},
         "403 SignatureDoesNotMatch"},
        {"session with a forged token",
         {session.access_key, session.secret_key, session.token + "="},
         "403 InvalidClientTokenId"},
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
    CHECK(code_of(ask(identity_parameters, {session.access_key, "wrong", session.token})) ==
          "403 SignatureDoesNotMatch");
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
          "User: arn:aws:iam::111122223333:user/hourkey is not authorized to perform: sts:AssumeRole on resource: " +
              closed.arn);
    CHECK(between(missing.body, "<Error>", " on resource") == between(refused.body, "<Error>", " on resource"));
    CHECK(missing.status == refused.status);
    sts.put_user("AKIAROOT", "s", "arn:aws:iam::111122223333:root");
    CHECK(element(assume({}, {"AKIAROOT", "s", ""}).body, "Message") == "Roles may not be assumed by root accounts.");
}

TEST_CASE_FIXTURE(sts_of_one_user, "a role of another partition is refused") {
    sts.put_user("AKIACHINA", "s", "arn:aws-cn:iam::111122223333:user/hourkey");
    auto open = open_role();
    open.principals = {"*"};
    sts.put_role(open);
    CHECK(code_of(assume({}, {"AKIACHINA", "s", ""})) == "403 AccessDenied");
}

TEST_CASE_FIXTURE(sts_of_one_user, "within an account AWS says why") {
    const std::string arn = "arn:aws:iam::111122223333:role/own";
    auto own = open_role(arn);
    own.principals = {"arn:aws:iam::111122223333:user/other"};
    sts.put_role(own);
    CHECK(element(ask(assume_role_parameters(arn)).body, "Message")
              .ends_with(" because no role trust policy allows the sts:AssumeRole action"));
    own.principals = {};
    own.trust = *parse_trust_policy(R"({"Statement":{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}})");
    sts.put_role(own);
    CHECK(element(ask(assume_role_parameters(arn)).body, "Message")
              .ends_with(" with an explicit deny in the role trust policy"));
}

TEST_CASE_FIXTURE(sts_of_one_user, "a signature for a region that is none is refused") {
    for (const auto* region : {"moon", "US-EAST-1", "us-east", "aws-global", "us-gov-east", "us-moon-1", "eu-west-9",
                               "us-east-01", "us-east-1 "}) {
        CAPTURE(region);
        const auto a = sts.answer_to(signed_post(identity_parameters, clock.at, {}, region).view());
        CHECK(code_of(a) == "403 SignatureDoesNotMatch");
        CHECK(element(a.body, "Message") == "Credential should be scoped to a valid region. ");
    }
}

TEST_CASE_FIXTURE(sts_of_one_user, "a region that is newer than the table is taken once it is told") {
    sts.allow_regions({"eu-west-9"});
    const auto code = [&](const std::string& region) {
        return code_of(sts.answer_to(signed_post(identity_parameters, clock.at, {}, region).view()));
    };
    CHECK(code("eu-west-9") == "ok");
    CHECK(code("us-gov-west-1") == "ok");
    CHECK(code("eu-west-8") == "403 SignatureDoesNotMatch");
}

TEST_CASE_FIXTURE(sts_of_one_user, "tags and a source identity go along a chain, and need actions of their own") {
    auto second = open_role("arn:aws:iam::444455556666:role/second");
    second.principals = {};
    second.trust = *parse_trust_policy(
        R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":["sts:AssumeRole","sts:TagSession"]},)"
        R"({"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:SetSourceIdentity","Condition":{"StringEquals":{"aws:PrincipalTag/team":"a","aws:SourceIdentity":"alice"}}}]})");
    sts.put_role(second);
    const parameter_list tags{
        {"Tags.member.1.Key", "team"}, {"Tags.member.1.Value", "a"}, {"TransitiveTagKeys.member.1", "team"}};
    auto all = tags;
    all.emplace_back("SourceIdentity", "alice");
    const auto alice = issued(assume(all).body);
    const auto chained = ask(assume_role_parameters(second.arn), alice);
    CHECK(chained.status == 200);
    CHECK(element(chained.body, "SourceIdentity") == "alice");
    CHECK(code_of(ask(assume_role_parameters(second.arn, {{"SourceIdentity", "bob"}}), alice)) == "403 AccessDenied");
    CHECK(code_of(ask(assume_role_parameters(second.arn, tags), alice)) == "400 InvalidParameterValue");
    all.back().second = "bob";
    const auto refused = ask(assume_role_parameters(second.arn), issued(assume(all).body));
    CHECK(element(refused.body, "Message").find("perform: sts:SetSourceIdentity on resource: " + second.arn) !=
          std::string::npos);

    auto plain = open_role("arn:aws:iam::444455556666:role/plain");
    plain.principals = {};
    plain.trust =
        *parse_trust_policy(R"({"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}})");
    sts.put_role(plain);
    CHECK(ask(assume_role_parameters(plain.arn)).status == 200);
    CHECK(element(ask(assume_role_parameters(plain.arn, tags)).body, "Message").find("perform: sts:TagSession on") !=
          std::string::npos);
}

TEST_CASE_FIXTURE(sts_of_one_user, "a second factor is asked for by trust, and given in AssumeRole or before it") {
    const std::string serial = "arn:aws:iam::111122223333:mfa/me";
    sts.put_user(user_key, user_secret, user_arn, {serial, "123456"});
    auto guarded = open_role();
    guarded.principals = {};
    guarded.trust = *parse_trust_policy(
        R"({"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":true},"NumericLessThan":{"aws:MultiFactorAuthAge":"600"}}}})");
    sts.put_role(guarded);
    const parameter_list factor{{"SerialNumber", serial}, {"TokenCode", "123456"}};
    CHECK(code_of(assume()) == "403 AccessDenied");
    CHECK(assume(factor).status == 200);
    CHECK(element(assume({{"SerialNumber", serial}, {"TokenCode", "654321"}}).body, "Message")
              .starts_with("MultiFactorAuthentication failed with invalid MFA"));
    CHECK(element(assume({{"SerialNumber", serial + "2"}, {"TokenCode", "123456"}}).body, "Message")
              .find("unable to validate MFA code") != std::string::npos);
    CHECK(element(assume({{"TokenCode", "123456"}}).body, "Message").find("must provide both") != std::string::npos);

    parameter_list session{{"Action", "GetSessionToken"}, {"Version", "2011-06-15"}};
    const auto without = issued(ask(session).body);
    CHECK(code_of(assume({}, without)) == "403 AccessDenied");
    session.insert(session.end(), factor.begin(), factor.end());
    const auto with = issued(ask(session).body);
    CHECK(assume({}, with).status == 200);
    clock.at += 10min;
    CHECK(code_of(assume({}, with)) == "403 AccessDenied");
}

TEST_CASE_FIXTURE(sts_of_one_user, "where a request came from is told to trust") {
    auto near = open_role();
    near.principals = {};
    near.trust = *parse_trust_policy(
        R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"},)"
        R"({"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"NotIpAddress":{"aws:SourceIp":["127.0.0.0/8","::1"]}}}]})");
    sts.put_role(near);
    const auto asked = signed_post(assume_role_parameters(), clock.at);
    for (const auto& [address, status] :
         {std::pair("127.0.0.9", 200), {"203.0.113.9", 403}, {"::1", 200}, {"::2", 403}}) {
        CAPTURE(address);
        auto from = asked.view();
        from.peer_address = address;
        CHECK(sts.answer_to(from).status == status);
    }
}

TEST_CASE_FIXTURE(sts_of_one_user, "GetSessionToken gives a user's session, and takes none") {
    const auto get = [&](const parameter_list& more = {}, const key_pair& with = {}) {
        parameter_list all{{"Action", "GetSessionToken"}, {"Version", "2011-06-15"}};
        all.insert(all.end(), more.begin(), more.end());
        return ask(all, with);
    };
    const auto a = get();
    REQUIRE(a.status == 200);
    CHECK(a.body.starts_with(
        R"(<GetSessionTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetSessionTokenResult><Credentials><AccessKeyId>ASIA)"));
    CHECK(element(a.body, "Expiration") == "2026-01-02T15:04:05Z");
    const auto session = issued(a.body);
    CHECK(element(ask(identity_parameters, session).body, "Arn") == user_arn);
    CHECK(assume({{"DurationSeconds", "3600"}}, session).status == 200);
    CHECK(element(get({}, session).body, "Message") == "Cannot call GetSessionToken with session credentials");
    CHECK(code_of(get({}, issued(assume().body))) == "403 AccessDenied");
    CHECK(code_of(get({{"DurationSeconds", "129600"}})) == "ok");
    CHECK(code_of(get({{"DurationSeconds", "129601"}})) == "400 ValidationError");
    CHECK(code_of(get({{"DurationSeconds", "899"}})) == "400 ValidationError");
    sts.put_user("AKIAROOT", "s", "arn:aws:iam::111122223333:root");
    CHECK(element(get({}, {"AKIAROOT", "s", ""}).body, "Expiration") == "2026-01-02T04:04:05Z");
}

TEST_CASE_FIXTURE(sts_of_one_user, "GetFederationToken gives a federated user, who may assume no role") {
    const auto get = [&](const parameter_list& more, const key_pair& with = {}) {
        parameter_list all{{"Action", "GetFederationToken"}, {"Version", "2011-06-15"}};
        all.insert(all.end(), more.begin(), more.end());
        return ask(all, with);
    };
    const auto a = get({{"Name", "jane"},
                        {"Policy", std::string(deny_all)},
                        {"Tags.member.1.Key", "team"},
                        {"Tags.member.1.Value", "a"}});
    REQUIRE(a.status == 200);
    CHECK(element(a.body, "FederatedUserId") == "111122223333:jane");
    CHECK(element(a.body, "Arn") == "arn:aws:sts::111122223333:federated-user/jane");
    CHECK(element(a.body, "PackedPolicySize") == "5");
    CHECK(element(a.body, "Expiration") == "2026-01-02T15:04:05Z");
    const auto session = issued(a.body);
    CHECK(element(ask(identity_parameters, session).body, "Arn") == "arn:aws:sts::111122223333:federated-user/jane");
    auto open = open_role();
    open.principals = {"*"};
    sts.put_role(open);
    CHECK(code_of(assume({}, session)) == "403 AccessDenied");
    CHECK(element(get({{"Name", "jane"}}, session).body, "Message") ==
          "Cannot call GetFederationToken with session credentials");
    CHECK(code_of(get({})) == "400 ValidationError");
    CHECK(code_of(get({{"Name", std::string(32, 'n')}})) == "ok");
    CHECK(code_of(get({{"Name", std::string(33, 'n')}})) == "400 ValidationError");
    CHECK(code_of(get({{"Name", "jane"}, {"Policy", "none"}})) == "400 MalformedPolicyDocument");
    const auto with_arn = [&](const std::string& arn) {
        return code_of(get({{"Name", "jane"}, {"PolicyArns.member.1.arn", arn}}));
    };
    CHECK(with_arn("arn:aws:iam::111122223333:policy/X") == "ok");
    CHECK(with_arn("arn:aws:iam::444455556666:policy/X") == "400 ValidationError");
    CHECK(with_arn("arn:aws-cn:iam::aws:policy/X") == "400 ValidationError");
}

TEST_CASE_FIXTURE(sts_of_one_user, "AssumeRoleWithWebIdentity takes an ID token of a provider that a role trusts") {
    auto open = open_role();
    open.principals = {};
    open.trust = *parse_trust_policy(
        R"({"Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::444455556666:oidc-provider/ci.example.com/main"},"Action":"sts:AssumeRoleWithWebIdentity",)"
        R"("Condition":{"StringEquals":{"ci.example.com/main:aud":"sts.amazonaws.com"},"StringLike":{"ci.example.com/main:sub":"repo:acme/*"}}}})");
    sts.put_role(open);
    // {"alg":"none"} and the claims in base64url; signatures are not verified.
    const std::string head = "eyJhbGciOiJub25lIn0.";
    const auto token = [&](const std::string& claims) { return head + base64url(claims) + ".c2ln"; };
    const std::string good =
        R"({"iss":"https://ci.example.com/main","sub":"repo:acme/app","aud":"sts.amazonaws.com","exp":1767323046})";
    const auto ask_with = [&](const std::string& text, const parameter_list& more = {}) {
        parameter_list all{{"Action", "AssumeRoleWithWebIdentity"},
                           {"Version", "2011-06-15"},
                           {"RoleArn", std::string(deploy_role)},
                           {"RoleSessionName", "app-1"},
                           {"WebIdentityToken", text}};
        all.insert(all.end(), more.begin(), more.end());
        message m;
        m.body = form_text(all);
        return sts.answer_to(m.view());
    };
    const auto a = ask_with(token(good));
    REQUIRE(a.status == 200);
    CHECK(element(a.body, "SubjectFromWebIdentityToken") == "repo:acme/app");
    CHECK(element(a.body, "Audience") == "sts.amazonaws.com");
    CHECK(element(a.body, "Provider") == "arn:aws:iam::444455556666:oidc-provider/ci.example.com/main");
    CHECK(element(ask(identity_parameters, issued(a.body)).body, "Arn") ==
          "arn:aws:sts::444455556666:assumed-role/deploy/app-1");

    const auto changed = [&](const std::string& from, const std::string& to) {
        auto claims = good;
        claims.replace(claims.find(from), from.size(), to);
        return code_of(ask_with(token(claims)));
    };
    CHECK(changed("1767323046", "1767323045") == "400 ExpiredTokenException");
    CHECK(changed("repo:acme", "repo:other") == "403 AccessDenied");
    CHECK(changed("sts.amazonaws.com", "other") == "403 AccessDenied");
    CHECK(changed("ci.example.com", "evil.example.com") == "400 InvalidIdentityToken");
    CHECK(changed(R"("sub")", R"("sup")") == "400 InvalidIdentityToken");
    CHECK(code_of(ask_with("not.a.token")) == "400 InvalidIdentityToken");
    CHECK(code_of(ask_with("abc")) == "400 ValidationError");
    CHECK(code_of(ask_with(token(good), {{"DurationSeconds", "3601"}})) == "400 ValidationError");
    CHECK(code_of(ask_with(token(good), {{"ProviderId", "www.amazon.com"}})) == "400 ValidationError");
    CHECK(code_of(assume()) == "403 AccessDenied");
}

TEST_CASE_FIXTURE(sts_of_one_user, "other actions and versions are refused by name") {
    CHECK(code_of(ask({{"Action", "CreateRole"}, {"Version", "2011-06-15"}})) == "400 InvalidAction");
    CHECK(element(ask({{"Action", "AssumeRoleWithSAML"}, {"Version", "2011-06-15"}}).body, "Message") ==
          "The emulator does not evaluate AssumeRoleWithSAML.");
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
    CHECK(assume({{"ExternalId", "hk-1"},
                  {"PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/X"},
                  {"DurationSeconds", "900"}})
              .status == 200);
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
            case 0:
                secret_key[random[0] % secret_key.size()] =
                    static_cast<char>(secret_key[random[0] % secret_key.size()] ^ (1 << (random[1] % 7)));
                break;
            case 1: secret_key.erase(random[0] % secret_key.size(), 1); break;
            case 2:
                secret_key.insert(secret_key.begin() + random[0] % 40, static_cast<char>('a' + random[1] % 26));
                break;
            default: secret_key = to_hex(random); break;
        }
        if (secret_key == user_secret) continue;
        CAPTURE(secret_key);
        REQUIRE(code_of(ask(identity_parameters, {std::string(user_key), secret_key, ""})) ==
                "403 SignatureDoesNotMatch");
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
                const auto region = "eu-west-" + std::to_string(1 + (t + i) % 3);
                if (sts.answer_to(signed_post(assume_role_parameters(), clock.at, {}, region).view()).status == 200)
                    ++good;
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
