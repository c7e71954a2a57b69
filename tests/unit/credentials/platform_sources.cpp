// What a platform gives to a container or a machine, from a stand-in that answers as ECS, EKS and EC2 do.
#include "credentials_fixture.hpp"

#include "core/time_text.hpp"
#include "credentials/container_source.hpp"
#include "credentials/credential_plan.hpp"
#include "credentials/metadata_source.hpp"
#include "http/server.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

using namespace hourkey;
using namespace hourkey::credentials;
using namespace hourkey::test;

namespace {

struct seen {
    std::string what;  ///< "GET /path"
    std::map<std::string, std::string> fields;
};

/// On a thread and a loopback port of its own.
class platform : public http::service {
public:
    using answers = std::function<http::response(const seen&, int before)>;

    explicit platform(answers how) : answer_(std::move(how)) {
        auto bound = net::listener::bind_tcp(on_, "127.0.0.1", 0, nullptr, limits_);
        REQUIRE(bound.has_value());
        listener_ = *std::move(bound);
        server_.attach(*listener_);
        thread_ = std::thread([this] { on_.run(); });
    }
    ~platform() override {
        boost::asio::post(on_.context(), [this] { on_.stop(); });
        thread_.join();
    }
    platform(const platform&) = delete;
    platform& operator=(const platform&) = delete;

    task<http::response> answer(const http::request& r) override {
        seen now{std::string(to_text(r.verb)) + " " + std::string(r.target), {}};
        for (const auto& [name, value] : r.headers) now.fields.emplace(name, value);
        const std::scoped_lock lock(mutex_);
        seen_.push_back(now);
        co_return answer_(now, static_cast<int>(seen_.size()) - 1);
    }
    http::response refuse(const failure&, const net::peer&) override {
        http::response out;
        out.status = 400;
        return out;
    }
    void finished(const http::request*, const http::response&, bool,
                  std::chrono::steady_clock::duration) noexcept override {}

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_->port()); }
    [[nodiscard]] std::vector<seen> all() {
        const std::scoped_lock lock(mutex_);
        return seen_;
    }

private:
    answers answer_;
    std::mutex mutex_;
    std::vector<seen> seen_;
    net::reactor on_;
    net::connection_limits limits_{{}};
    std::unique_ptr<net::listener> listener_;
    http::server server_{on_, *this};
    std::thread thread_;
};

http::response with(int status, std::string body) {
    http::response out;
    out.status = status;
    out.body = std::move(body);
    return out;
}

const std::string later = "2099-01-02T03:04:05Z";

std::string keys(const std::string& code = {}, const std::string& expiration = later) {
    return R"({"RoleArn":"arn:aws:iam::111122223333:role/task","AccessKeyId":"ASIATASK","SecretAccessKey":"s","Token":"t","Expiration":")" +
           expiration + '"' + (code.empty() ? "" : R"(,"Code":")" + code + '"') + "}";
}

std::string told(const result<aws::credentials>& got) {
    if (!got) return got.error().hint;
    return got->access_key_id + " until " + (got->expiration ? to_rfc3339(*got->expiration) : "ever");
}

std::string from_container(const std::map<std::string, std::string>& env) {
    test_environment variables;
    for (const auto& [name, value] : env) variables.set(name, value);
    auto endpoint = container_of_environment(variables.reader());
    if (!endpoint) return endpoint.error().hint;
    REQUIRE(endpoint->has_value());
    net::reactor on;
    const auto settings = quick_settings(variables);
    return told(run_on(on, fetch_from_container(**std::move(endpoint), on, settings)));
}

std::string from_metadata(const std::string& url) {
    test_environment variables;
    variables.set("AWS_EC2_METADATA_DISABLED", "");
    variables.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", url);
    auto service = metadata_of_environment(variables.reader());
    REQUIRE(service.has_value());
    REQUIRE(service->has_value());
    net::reactor on;
    const auto settings = quick_settings(variables);
    return told(run_on(on, fetch_from_metadata(**std::move(service), on, settings)));
}

}  // namespace

TEST_CASE("a container's endpoint gives keys to who shows its token, which is read at each fetch") {
    platform eks([](const seen& r, int) {
        const auto token = r.fields.find("Authorization");
        if (token == r.fields.end() || token->second != "good")
            return with(401, R"({"code":"InvalidAuthToken","message":"not this one"})");
        return with(200, keys());
    });
    const temporary_folder folder;
    const auto file = folder.put("token", "wrong\n");
    std::map<std::string, std::string> env{{"AWS_CONTAINER_CREDENTIALS_FULL_URI", eks.url() + "/v1/credentials?a=b"},
                                           {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file},
                                           {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "good"}};
    CHECK(from_container(env) == "the container endpoint answered with status 401 (InvalidAuthToken)");
    CHECK(eks.all().size() == 1);  // a refusal is final
    folder.put("token", "good\n");
    CHECK(from_container(env) == "ASIATASK until " + later);
    CHECK(eks.all().back().what == "GET /v1/credentials?a=b");
    env.erase("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    CHECK(from_container(env) == "ASIATASK until " + later);
    env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = folder.path("gone");
    CHECK(from_container(env) == "its authorization token cannot be used");
    env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = folder.put("two-lines", "good\r\nX: y");
    CHECK(from_container(env) == "its authorization token has a character that no header may have");
}

TEST_CASE("what a container's endpoint says is told, and what may pass is tried again") {
    struct row {
        const char* name;
        platform::answers how;
        std::string expected;
        std::size_t calls;
    };
    const std::vector<row> rows{
        {"one that is not ready", [](const seen&, int n) { return n < 2 ? with(500, "") : with(200, keys()); },
         "ASIATASK until " + later, 3},
        {"one that stays so", [](const seen&, int) { return with(503, "later"); },
         "the container endpoint answered with status 503", 3},
        {"no document", [](const seen&, int) { return with(200, "<html>"); },
         "the container endpoint answered with something that is no document of keys", 1},
        {"a document without keys",
         [](const seen&, int) { return with(200, R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"no"})"); },
         "the container endpoint gives no keys (AssumeRoleUnauthorizedAccess)", 1},
        {"an end without a zone", [](const seen&, int) { return with(200, keys({}, "2099-01-02 03:04")); },
         "the container endpoint gave an Expiration that is no time with its zone", 1},
        {"none", [](const seen&, int) { return with(200, R"({"AccessKeyId":"A","SecretAccessKey":"s","Token":"t"})"); },
         "the container endpoint gave an Expiration that is no time with its zone", 1}};
    for (const auto& r : rows) {
        CAPTURE(r.name);
        platform ecs(r.how);
        CHECK(from_container({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", ecs.url() + "/v2/x"}}) == r.expected);
        CHECK(ecs.all().size() == r.calls);
    }
    CHECK(from_container({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/"}}) ==
          "the container endpoint did not answer");
}

TEST_CASE("keys travel in plain text only to loopback and to where ECS and EKS have them") {
    const std::string full = "AWS_CONTAINER_CREDENTIALS_FULL_URI", relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    const struct {
        std::string variable, value, expected;
    } rows[] = {{relative, "/v2/credentials/x", "http 169.254.170.2 80 /v2/credentials/x"},
                {full, "http://169.254.170.2/x", "http 169.254.170.2 80 /x"},
                {full, "http://169.254.170.23/v1/credentials", "http 169.254.170.23 80 /v1/credentials"},
                {full, "http://[fd00:ec2::23]/v1/credentials", "http fd00:ec2::23 80 /v1/credentials"},
                {full, "http://[FD00:EC2:0::23]/", "http FD00:EC2:0::23 80 /"},
                {full, "http://localhost:8080", "http localhost 8080 /"},
                {full, "http://127.9.9.9:1/x", "http 127.9.9.9 1 /x"},
                {full, "https://keys.example.com/x?y", "https keys.example.com 443 /x?y"},
                {full, "http://keys.example.com/x", "is http:// to another machine"},
                {full, "http://169.254.169.254/x", "is http:// to another machine"},
                {full, "http://10.0.0.1/x", "is http:// to another machine"},
                {full, "http://localhost.example.com/x", "is http:// to another machine"},
                {full, "http://user@localhost/x", "has a path, a query or a user"},
                {full, "http://localhost/x\r\nA: b", "has a character that no URL has"},
                {full, "file:///etc/passwd", "is no https:// address"},
                {relative, "@example.com/x", "does not begin with /"},
                {relative, "/x y", "has a character that no URL has"}};
    for (const auto& r : rows) {
        CAPTURE(r.value);
        test_environment variables;
        variables.set(r.variable, r.value);
        const auto got = container_of_environment(variables.reader());
        if (!got) {
            CHECK(got.error().hint.find(r.variable + " " + r.expected) != std::string::npos);
            continue;
        }
        REQUIRE(got->has_value());
        const auto& url = (*got)->url;
        CHECK((url.secure ? "https " : "http ") + url.host + " " + std::to_string(url.port) + " " + url.target ==
              r.expected);
    }
    test_environment none;
    CHECK_FALSE(container_of_environment(none.reader())->has_value());
    none.set(full, "http://localhost/");
    none.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\r\nX: y");
    CHECK_FALSE(container_of_environment(none.reader()).has_value());
}

TEST_CASE("the metadata service gives the instance's role, by a token and never without one") {
    int tokens = 0;
    const auto imds = [&tokens](bool first_ends) {
        return [&tokens, first_ends](const seen& r, int) {
            if (r.what == "PUT /latest/api/token") {
                CHECK(r.fields.at("x-aws-ec2-metadata-token-ttl-seconds") == "21600");
                return with(200, "token-" + std::to_string(++tokens));
            }
            const auto token = r.fields.find("x-aws-ec2-metadata-token");
            const auto current = "token-" + std::to_string(first_ends ? 2 : tokens);
            if (token == r.fields.end() || token->second != current) return with(401, "");
            if (r.what == "GET /latest/meta-data/iam/security-credentials/") return with(200, "web.role-1\n");
            if (r.what == "GET /latest/meta-data/iam/security-credentials/web.role-1")
                return with(200, keys("Success"));
            return with(404, "");
        };
    };
    platform steady(imds(false));
    CHECK(from_metadata(steady.url()) == "ASIATASK until " + later);
    CHECK(steady.all().size() == 3);
    tokens = 0;
    platform rotating(imds(true));
    CHECK(from_metadata(rotating.url() + "/") == "ASIATASK until " + later);
    CHECK(tokens == 2);
}

TEST_CASE("why the metadata service gives no keys is told") {
    const auto after_token = [](http::response list, http::response document) {
        return [list, document](const seen& r, int) {
            if (r.what.starts_with("PUT")) return with(200, "t");
            return r.what.ends_with("/") ? list : document;
        };
    };
    struct row {
        const char* name;
        platform::answers how;
        std::string expected;
    };
    const auto named = with(200, "r");
    const std::vector<row> rows{
        {"switched off", [](const seen&, int) { return with(403, ""); },
         "the metadata service answered with status 403; it is switched off for this instance"},
        {"version 1 only", [](const seen&, int) { return with(404, ""); },
         "the metadata service answered with status 404"},
        {"a proxy's page", [](const seen&, int) { return with(200, "<html>\n</html>"); },
         "the metadata service gave a token that is none"},
        {"no role", after_token(with(404, ""), with(200, keys("Success"))), "the instance has no role"},
        {"a list of something else", after_token(with(200, "../../x"), with(200, keys("Success"))),
         "the metadata service names no role of the instance's"},
        {"a role that cannot be assumed",
         after_token(named,
                     with(200, R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role"})")),
         "the metadata service gives no keys (AssumeRoleUnauthorizedAccess)"},
        {"an error", after_token(named, with(500, "")), "the metadata service answered with status 500"},
        {"tokens that never hold", after_token(with(401, ""), with(401, "")),
         "the metadata service does not take the tokens that it gives"}};
    for (const auto& r : rows) {
        CAPTURE(r.name);
        platform imds(r.how);
        CHECK(from_metadata(imds.url()) == r.expected);
    }
    CHECK(from_metadata("http://127.0.0.1:1").starts_with("the metadata service did not answer; on EC2 a container"));
}

TEST_CASE("the metadata service is AWS's, or on loopback, or off") {
    const std::string endpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT", mode = endpoint + "_MODE";
    const struct {
        std::map<std::string, std::string> env;
        std::string expected;
    } rows[] = {{{}, "169.254.169.254"},
                {{{mode, "ipv4"}}, "169.254.169.254"},
                {{{mode, "IPv6"}}, "fd00:ec2::254"},
                {{{mode, "IPv6"}, {endpoint, "http://localhost:1338/"}}, "localhost"},
                {{{endpoint, "http://169.254.169.254"}}, "169.254.169.254"},
                {{{endpoint, "https://metadata.example.com"}}, "metadata.example.com"},
                {{{"AWS_EC2_METADATA_DISABLED", "TRUE"}}, "off"},
                {{{"AWS_EC2_METADATA_DISABLED", "false"}}, "169.254.169.254"},
                {{{mode, "5"}}, "is neither IPv4 nor IPv6"},
                {{{endpoint, "http://169.254.169.253"}}, "is http:// to another machine"},
                {{{endpoint, "http://metadata"}}, "is http:// to another machine"},
                {{{endpoint, "http://localhost/latest"}}, "has a path"},
                {{{endpoint, "localhost"}}, "is no https:// address"}};
    for (const auto& r : rows) {
        CAPTURE(r.expected);
        test_environment variables;
        variables.set("AWS_EC2_METADATA_DISABLED", "");
        for (const auto& [name, value] : r.env) variables.set(name, value);
        const auto got = metadata_of_environment(variables.reader());
        if (!got)
            CHECK(got.error().hint.find(r.expected) != std::string::npos);
        else
            CHECK((*got ? (*got)->url.host : "off") == r.expected);
    }
}
