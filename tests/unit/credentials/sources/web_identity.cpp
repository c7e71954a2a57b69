#include "credentials/sources/web_identity.hpp"

#include "emulator/trust_policy.hpp"
#include "unit/credentials/credentials_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

using namespace hourkey;
using namespace hourkey::credentials;
using namespace hourkey::test;

namespace {

constexpr std::string_view role_arn = "arn:aws:iam::111122223333:role/pods/hourkey";

/// Of https://oidc.example.com/1 in base64url, without a signature that would hold: the emulator checks none.
/// {"sub":"system:serviceaccount:hourkey:server","exp":2000000000,...}
constexpr std::string_view good_token =
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJodHRwczovL29pZGMuZXhhbXBsZS5jb20vMSIsImF1ZCI6InN0cy5hbWF6b25hd3MuY29tIiwic3ViIjoic3lzdGVtOnNlcnZpY2VhY2"
    "NvdW50OmhvdXJrZXk6c2VydmVyIiwiZXhwIjoyMDAwMDAwMDAwfQ.c2ln";
/// The same with "exp":1.
constexpr std::string_view expired_token =
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJodHRwczovL29pZGMuZXhhbXBsZS5jb20vMSIsImF1ZCI6InN0cy5hbWF6b25hd3MuY29tIiwic3ViIjoic3lzdGVtOnNlcnZpY2VhY2"
    "NvdW50OmhvdXJrZXk6c2VydmVyIiwiZXhwIjoxfQ.c2ln";
/// The same with another "sub".
constexpr std::string_view strangers_token =
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJodHRwczovL29pZGMuZXhhbXBsZS5jb20vMSIsImF1ZCI6InN0cy5hbWF6b25hd3MuY29tIiwic3ViIjoic3lzdGVtOnNlcnZpY2VhY2"
    "NvdW50Om90aGVyOnNlcnZlciIsImV4cCI6MjAwMDAwMDAwMH0.c2ln";

/// An STS with a role that a pod's token opens, and the pod.
struct pod {
    sts_peer sts;
    scratch_folder files;
    test_environment variables;

    pod() {
        emulator::role role;
        role.arn = role_arn;
        role.trust = *emulator::parse_trust_policy(
            R"({"Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/oidc.example.com/1"},"Action":"sts:AssumeRoleWithWebIdentity",)"
            R"("Condition":{"StringEquals":{"oidc.example.com/1:sub":"system:serviceaccount:hourkey:server"}}}})");
        sts.emulator.put_role(role);
        variables.set("AWS_WEB_IDENTITY_TOKEN_FILE", files.file("token"));
        variables.set("AWS_ROLE_ARN", std::string(role_arn));
        variables.set("AWS_ROLE_SESSION_NAME", "pod-1");
    }
    void put_token(std::string_view token = good_token) const { files.put("token", std::string(token) + "\n"); }
    result<fetched_keys> fetch_now() {
        auto bearer = web_identity_of_environment(variables.reader());
        REQUIRE(bearer.has_value());
        REQUIRE(bearer->has_value());
        net::reactor on;
        sts::channel channel(on, sts.endpoints().for_region("eu-west-1").value(), {});
        const auto settings = quick_settings(variables);
        const fetch_tools tools{channel, on, settings};
        return run_on(on, fetch(**std::move(bearer), tools));
    }
};

}  // namespace

TEST_CASE("a token file's bearer gets the role's session, whose path is known") {
    pod p;
    p.put_token();
    const auto got = p.fetch_now();
    REQUIRE_MESSAGE(got.has_value(), got.error().hint, got.error().cause);
    CHECK(got->keys.is_temporary());
    CHECK(got->who->arn == "arn:aws:sts::111122223333:assumed-role/hourkey/pod-1");
    CHECK(got->assumed->str() == role_arn);
}

TEST_CASE("the token is read at each fetch, and a wrong one is told with AWS's code") {
    pod p;
    const auto told = [&p] {
        const auto got = p.fetch_now();
        return got ? std::string("ok") : got.error().hint;
    };
    CHECK(told() ==
          "AWS_WEB_IDENTITY_TOKEN_FILE names no file with a token; see that it is there and that hourkey may read it");
    p.put_token(expired_token);
    CHECK(told() == "its web identity token was not taken (AWS: ExpiredTokenException)");
    p.put_token(strangers_token);
    CHECK(told() == "its web identity token was not taken (AWS: AccessDenied)");
    p.put_token("no-token");
    CHECK(told() == "its web identity token was not taken (AWS: InvalidIdentityToken)");
    p.put_token();
    CHECK(told() == "ok");
}

TEST_CASE("a session is fetched again ahead of its end, and serves until then while STS is out") {
    pod p;
    p.put_token();
    auto& clock = p.sts.clock;
    auto settings = quick_settings(p.variables);
    settings.calls.clock = &clock;
    const auto base = start_base(std::move(settings), p.sts.endpoints());
    const auto key = [&base] {
        const auto now = base->current();
        return now ? (*now)->keys.access_key_id : std::string();
    };
    const auto first = key();
    REQUIRE_FALSE(first.empty());
    clock.advance(46min);
    wait_until([&] { return key() != first; });
    const auto second = key();
    p.sts.fail(emulator::fault::unavailable);
    clock.advance(50min);
    wait_until([&] { return !base->status().problem.empty(); });
    // A call that was under way meanwhile takes the leap for a wrong clock, until the next is answered.
    wait_until([&] { return key() == second && base->status().ready; });
    clock.advance(11min);
    wait_until([&] { return key().empty(); });
    p.sts.emulator.clear_faults();
    clock.advance(1min);
    wait_until([&] { return !key().empty() && key() != second; });
}
