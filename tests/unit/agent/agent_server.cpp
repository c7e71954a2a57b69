#include "agent/agent_server.hpp"

#include "agent_fixture.hpp"
#include "api/error.hpp"
#include "core/time_text.hpp"
#include "http/client.hpp"
#include "stand_in_server.hpp"
#include "support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace hourkey;
using namespace std::chrono_literals;
using test::code_of;
using test::must;

namespace {

struct asked {
    std::string target = "/v1/credentials/prod";
    http::method verb = http::method::get;
    std::optional<std::string> authorization{};  ///< none: the agent's own token
    std::optional<std::string> host{};           ///< none: the right one
    std::vector<http::header> more{};
};

api::credentials_request an_hour() {
    api::credentials_request what;
    what.duration = 3600s;
    return what;
}

/// A server, an agent of it, and a client of the agent, on one reactor.
class agent_fixture {
public:
    explicit agent_fixture(std::vector<std::string> connections = {"prod"}, bool imitates_metadata = false)
        : server(on) {
        server.body = body_of(1, system_clock().now() + 1h);
        agent::settings with{
            .connections = {}, .keeps = {.tell = {}}, .imitates_metadata = imitates_metadata, .region = "eu-central-1"};
        for (const auto& name : connections) with.connections.push_back(test::named(name));
        endpoint.emplace(on, agent::source_from(server.make_channel(), an_hour()), std::move(with));
        must(endpoint->listen_tcp("127.0.0.1", 0));
        port = static_cast<std::uint16_t>(std::stoi(endpoint->url().substr(endpoint->url().rfind(':') + 1)));
        pool.emplace(on, net::endpoint{.host = "127.0.0.1", .port = port, .tls = nullptr});
    }

    static std::string body_of(int number, wall_time expiration) {
        return api::to_json(test::triple(number, expiration));
    }

    http::client_answer ask(asked what = {}) { return must(try_ask(*pool, std::move(what))); }
    result<http::client_answer> try_ask(net::connection_pool& over, asked what) {
        http::client_request out;
        out.verb = what.verb;
        out.target = what.target;
        out.host = what.host.value_or("127.0.0.1:" + std::to_string(port));
        const auto token = what.authorization.value_or(std::string(endpoint->token().expose()));
        if (!token.empty()) out.headers.push_back({"Authorization", token});
        for (auto& h : what.more) out.headers.push_back(std::move(h));
        return test::run_on(on, exchange_over(over, std::move(out)));
    }
    /// The code of a refusal that has all that the SDKs read.
    std::string refusal(asked what = {}) {
        const auto answer = ask(std::move(what));
        CHECK(answer.status >= 400);
        CHECK(answer.find("Cache-Control") == "no-store");
        const auto told = must(api::read<api::error>(answer.body));
        CHECK(told.sdk_code == told.code);
        CHECK(told.sdk_message == told.message);
        return std::to_string(answer.status) + " " + told.code;
    }

    net::reactor on;
    test::stand_in_server server;
    std::optional<agent::agent_server> endpoint;
    std::optional<net::connection_pool> pool;
    std::uint16_t port = 0;

private:
    static task<result<http::client_answer>> exchange_over(net::connection_pool& over, http::client_request what) {
        auto got = co_await http::exchange(over, what, deadline::after(20s));
        if (got) got->connection.keep();
        co_return got;
    }
};

}  // namespace

TEST_CASE("TheAgentAnswersAsTheServerDoes") {
    agent_fixture f;
    const auto answer = f.ask();
    CHECK(answer.status == 200);
    CHECK(answer.find("Content-Type") == "application/json");
    CHECK(answer.find("Cache-Control") == "no-store");
    CHECK(answer.body == f.server.body);
    CHECK(f.server.asked == std::vector<std::string>{"Bearer hk_app_token /v1/credentials/prod?duration_seconds=3600"});
    f.ask();
    CHECK(f.server.asked.size() == 1);
    CHECK(f.endpoint->url_of(test::named("prod")) ==
          "http://127.0.0.1:" + std::to_string(f.port) + "/v1/credentials/prod");
}

TEST_CASE("TheAgentsTokenIsAskedForAndNoOther") {
    agent_fixture f;
    const auto token = std::string(f.endpoint->token().expose());
    CHECK(f.ask({.authorization = "Bearer " + token}).status == 200);
    CHECK(f.ask({.authorization = "bearer " + token}).status == 200);
    for (const auto& wrong : {std::string(), std::string("Bearer hk_app_token"), std::string("hk_app_token"),
                              token.substr(1), token + "x"}) {
        CAPTURE(wrong);
        CHECK(f.refusal({.authorization = wrong}) == "401 unauthenticated");
        // Nor what there is.
        CHECK(f.refusal({.target = "/elsewhere", .authorization = wrong}) == "401 unauthenticated");
    }
    const agent_fixture other;
    CHECK(f.refusal({.authorization = std::string(other.endpoint->token().expose())}) == "401 unauthenticated");
}

TEST_CASE("APageOfTheWebWithAnotherNameForLoopbackIsRefused") {
    agent_fixture f;
    CHECK(f.refusal({.host = "evil.example:" + std::to_string(f.port)}) == "400 invalid_request");
    CHECK(f.refusal({.host = "127.0.0.1:1"}) == "400 invalid_request");
    CHECK(f.ask({.host = "localhost:" + std::to_string(f.port)}).status == 200);
}

TEST_CASE("WhatIsNoRequestForListedCredentialsIsRefused") {
    agent_fixture f;
    struct row {
        const char* target;
        http::method verb;
        const char* told;
    };
    using enum http::method;
    for (const auto& r :
         {row{"/", get, "404 not_found"}, row{"/v1/whoami", get, "404 not_found"},
          row{"/latest/meta-data/iam/security-credentials/", get, "404 not_found"},
          row{"/v1/credentials/", get, "400 invalid_request"}, row{"/v1/credentials/Prod", get, "400 invalid_request"},
          row{"/v1/credentials/other", get, "403 app_not_allowed"},
          row{"/v1/credentials/prod", post, "405 method_not_allowed"},
          row{"/v1/credentials/prod?duration_seconds=900", get, "400 invalid_request"},
          row{"/v1/credentials/prod?within_ms=0", get, "400 invalid_request"},
          row{"/v1/credentials/prod?within_ms=65536", get, "400 invalid_request"}}) {
        CAPTURE(r.target);
        CHECK(f.refusal({.target = r.target, .verb = r.verb}) == r.told);
    }
    CHECK(f.server.asked.empty());
    CHECK(f.ask({.target = "/v1/credentials/prod?within_ms=900"}).status == 200);
    CHECK(f.ask({.target = "/v1/credentials/prod?within_ms=65535"}).status == 200);
}

TEST_CASE("ARefusalIsToldInTheServersWordsAndAskedForOnce") {
    agent_fixture f;
    f.server.status = 403;
    f.server.body =
        R"({"code":"app_not_allowed","message":"App 'web' may not.","Code":"app_not_allowed","Message":"App 'web' may not.",)"
        R"("hint":"Ask an admin.","retryable":false,"request_id":"01M80WN13JKMAGAWJCZC09E4XQ"})";
    for (int tries = 0; tries < 5; ++tries) {
        const auto answer = f.ask();
        CHECK(answer.status == 403);
        CHECK(answer.body == f.server.body);
        CHECK(answer.find("X-Request-Id") == "01M80WN13JKMAGAWJCZC09E4XQ");
    }
    CHECK(f.server.asked.size() == 1);
    const auto failed = test::run_on(f.on, f.endpoint->get(test::named("prod"), deadline::after(10s)));
    CHECK(code_of(failed) == errc::app_not_allowed);
}

TEST_CASE("AServerThatCannotBeAskedIsA503ThatSaysSo") {
    agent_fixture f;
    f.server.stop();
    const auto answer = f.ask();
    CHECK(answer.status == 503);
    const auto told = must(api::read<api::error>(answer.body));
    CHECK(told.code == "connection_failed");
    CHECK(told.retryable);
    CHECK(told.message.find("server cannot be asked") != std::string::npos);
}

TEST_CASE("AProxysPageInTheServersPlaceIsNoRefusal") {
    agent_fixture f;
    f.server.status = 403;
    f.server.body = "<html>Forbidden</html>";
    CHECK(f.refusal() == "503 protocol_violation");
}

TEST_CASE("WhatWasFetchedBeforeIsHandedOutWhileTheServerIsDown") {
    agent_fixture f({"prod", "dev"});
    for (const auto* name : {"prod", "dev"})
        must(test::run_on(f.on, f.endpoint->get(test::named(name), deadline::after(10s))));
    CHECK(code_of(test::run_on(f.on, f.endpoint->get(test::named("other"), deadline::after(10s)))) ==
          errc::app_not_allowed);
    CHECK(f.server.asked.size() == 2);
    f.server.stop();
    CHECK(f.ask().status == 200);
    CHECK(f.ask({.target = "/v1/credentials/dev"}).status == 200);
}

TEST_CASE("ShortLivedCredentialsAreRenewedUnaskedBeforeTheyEnd") {
    agent_fixture f;
    f.server.body = agent_fixture::body_of(1, system_clock().now() + 3s);
    REQUIRE(f.ask().status == 200);
    f.server.body = agent_fixture::body_of(2, system_clock().now() + 1h);
    const auto limit = std::chrono::steady_clock::now() + 30s;
    while (f.server.asked.size() < 2) {
        REQUIRE(std::chrono::steady_clock::now() < limit);
        f.on.context().run_one();
    }
    f.on.context().restart();
    CHECK(f.ask().body == f.server.body);
}

TEST_CASE("ASocketFileLetsItsUserInWithoutAToken") {
    const test::scratch_folder folder;
    agent_fixture f;
    const auto path = folder.file("agent.sock");
    must(f.endpoint->listen_unix(path));
    CHECK(folder.mode_of("agent.sock") == 0600);
    net::connection_pool over(f.on, net::endpoint{.host = "localhost", .tls = nullptr, .unix_path = path});
    const auto answer = must(f.try_ask(over, {.authorization = "", .host = "localhost"}));
    CHECK(answer.status == 200);
    f.endpoint->stop();
    CHECK_FALSE(folder.has("agent.sock"));
}

TEST_CASE("AnAgentListensWhereOtherMachinesCannotReachIt") {
    agent_fixture f;
    agent::agent_server other(f.on, agent::source_from(f.server.make_channel(), {}),
                              {.connections = {test::named("prod")}, .keeps = {.tell = {}}, .region = {}});
    for (const auto* address : {"0.0.0.0", "::", "192.0.2.1", "localhost"})
        CHECK(code_of(other.listen_tcp(address, 0)) == errc::invalid_configuration);
    CHECK(code_of(other.listen_tcp("127.0.0.1", f.port)) == errc::connection_failed);
    must(other.listen_tcp("::1", 0));
    CHECK(other.url().starts_with("http://[::1]:"));
}

TEST_CASE("AStoppedAgentListensNoLonger") {
    agent_fixture f;
    REQUIRE(f.ask().status == 200);
    f.endpoint->stop();
    net::connection_pool fresh(f.on, net::endpoint{.host = "127.0.0.1", .port = f.port, .tls = nullptr});
    CHECK(code_of(f.try_ask(fresh, {})) == errc::connection_failed);
}

TEST_CASE("ImitatedMetadataGivesTheFirstConnectionsCredentials") {
    agent_fixture f({"prod", "dev"}, true);
    const std::string roles = "/latest/meta-data/iam/security-credentials/";
    const std::string ttl = "X-aws-ec2-metadata-token-ttl-seconds";
    const auto issued = f.ask(
        {.target = "/latest/api/token", .verb = http::method::put, .authorization = "", .more = {{ttl, "21600"}}});
    REQUIRE(issued.status == 200);
    CHECK(issued.find(ttl) == "21600");
    const auto get = [&](const std::string& target) {
        return f.ask({.target = target, .authorization = "", .more = {{"X-aws-ec2-metadata-token", issued.body}}});
    };
    CHECK(get(roles).body == "prod");
    CHECK(get(roles.substr(0, roles.size() - 1)).body == "prod");
    CHECK(get("/latest/meta-data/placement/region").body == "eu-central-1");
    CHECK(get(roles + "dev").status == 404);
    CHECK(get("/latest/meta-data/iam/security-credentials-extended/").status == 404);
    CHECK(get("/latest/user-data").status == 404);

    const auto document = get(roles + "prod").body;
    for (const auto* part :
         {R"("Code":"Success")", R"("Type":"AWS-HMAC")", R"("AccessKeyId":"ASIAEXAMPLE00000001")",
          R"("SecretAccessKey":"secret-1")", R"("Token":"session-1")", R"("Expiration":")", R"("LastUpdated":")"})
        CHECK_MESSAGE(document.find(part) != std::string::npos, part);
    // The container's door is as it was.
    CHECK(f.refusal({.authorization = ""}) == "401 unauthenticated");
}

TEST_CASE("ImitatedMetadataRefusesWhatImdsRefuses") {
    agent_fixture f({"prod"}, true);
    const std::string ttl = "X-aws-ec2-metadata-token-ttl-seconds";
    const auto status = [&](const std::string& target, http::method verb, std::vector<http::header> more,
                            std::optional<std::string> host = {}) {
        return f
            .ask(
                {.target = target, .verb = verb, .authorization = "", .host = std::move(host), .more = std::move(more)})
            .status;
    };
    using enum http::method;
    const std::string token = "/latest/api/token";
    const std::string roles = "/latest/meta-data/iam/security-credentials/";
    CHECK(status(token, put, {{ttl, "1"}}) == 200);
    CHECK(status(token, put, {}) == 400);
    CHECK(status(token, put, {{ttl, "0"}}) == 400);
    CHECK(status(token, put, {{ttl, "21601"}}) == 400);
    CHECK(status(token, get, {{ttl, "60"}}) == 405);
    CHECK(status(token, put, {{ttl, "60"}, {"X-Forwarded-For", "192.0.2.1"}}) == 403);
    CHECK(status(token, put, {{ttl, "60"}, {"Origin", "https://evil.example"}}) == 403);
    CHECK(status(token, put, {{ttl, "60"}}, "evil.example:" + std::to_string(f.port)) == 400);
    CHECK(status(roles, get, {}) == 401);
    CHECK(status(roles, get, {{"X-aws-ec2-metadata-token", std::string(f.endpoint->token().expose())}}) == 401);
    CHECK(status(roles, post, {}) == 405);
    CHECK(f.server.asked.empty());
}
