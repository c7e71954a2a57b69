// The stand-in answers as ECS and EKS do.
#include "credentials/sources/container_endpoint.hpp"

#include "unit/credentials/platform.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace hourkey;
using namespace hourkey::credentials;
using namespace hourkey::test;

namespace {

const std::string full = "AWS_CONTAINER_CREDENTIALS_FULL_URI", relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";

std::string from_container(const std::map<std::string, std::string>& env) {
    test_environment variables;
    for (const auto& [name, value] : env) variables.set(name, value);
    auto endpoint = container_of_environment(variables.reader());
    if (!endpoint) return endpoint.error().hint;
    REQUIRE(endpoint->has_value());
    return told(fetch_once(**std::move(endpoint), quick_settings(variables)));
}

}  // namespace

TEST_CASE("a container's endpoint gives keys to who shows its token, which is read at each fetch") {
    platform eks([](const seen& r, int) {
        const auto token = r.fields.find("Authorization");
        if (token == r.fields.end() || token->second != "good")
            return with(401, R"({"code":"InvalidAuthToken","message":"not this one"})");
        return with(200, keys_document());
    });
    const scratch_folder folder;
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
    env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = folder.file("gone");
    CHECK(
        from_container(env) ==
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names no file with a token; see that it is there and that hourkey may "
        "read it");
    env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = folder.put("two-lines", "good\r\nX: y");
    CHECK(from_container(env) ==
          "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names a file with a character that no header may have; it must hold "
          "the token alone");
}

TEST_CASE("whose keys they are stands in the document of ECS") {
    struct row {
        std::string document, assumed;
    };
    const std::string keys = R"("AccessKeyId":"ASIATASK","SecretAccessKey":"s","Token":"t","Expiration":")" + later;
    for (const auto& r : std::vector<row>{{R"({"RoleArn":"arn:aws:iam::111122223333:role/path/task",)" + keys + "\"}",
                                           "arn:aws:iam::111122223333:role/path/task"},
                                          {R"({"RoleArn":"none",)" + keys + "\"}", ""},
                                          {"{" + keys + "\"}", ""}}) {
        CAPTURE(r.document);
        platform ecs([&r](const seen&, int) { return with(200, r.document); });
        test_environment variables;
        variables.set(full, ecs.url() + "/x");
        const auto got = fetch_once(**container_of_environment(variables.reader()), quick_settings(variables));
        REQUIRE(got.has_value());
        CHECK((got->assumed ? got->assumed->str() : "") == r.assumed);
    }
}

TEST_CASE("an endpoint over TLS is trusted by aws.ca_file, and told as distrusted without it") {
    const tls_files tls;
    platform there([](const seen&, int) { return with(200, keys_document()); }, &tls.context());
    test_environment variables;
    variables.set(full, there.url() + "/x");
    auto settings = quick_settings(variables);
    const auto ask = [&] { return told(fetch_once(**container_of_environment(variables.reader()), settings)); };
    CHECK(ask() ==
          "the container endpoint has a certificate that hourkey does not trust; name the file of its authority in "
          "aws.ca_file");
    CHECK(there.all().empty());
    settings.ca_file = tls.ca_file();
    CHECK(ask() == "ASIATASK until " + later);
}

TEST_CASE("what a container's endpoint says is told, and what may pass is tried again") {
    struct row {
        const char* name;
        platform::answers how;
        std::string expected;
        std::size_t calls;
    };
    const std::vector<row> rows{
        {"one that is not ready", [](const seen&, int n) { return n < 2 ? with(500, "") : with(200, keys_document()); },
         "ASIATASK until " + later, 3},
        {"one that stays so", [](const seen&, int) { return with(503, "later"); },
         "the container endpoint answered with status 503", 3},
        {"no document", [](const seen&, int) { return with(200, "<html>"); },
         "the container endpoint answered with something that is no document of keys", 1},
        {"a document without keys",
         [](const seen&, int) { return with(200, R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"no"})"); },
         "the container endpoint gives no keys (AssumeRoleUnauthorizedAccess)", 1},
        {"an end without a zone", [](const seen&, int) { return with(200, keys_document({}, "2099-01-02 03:04")); },
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

TEST_CASE(
    "a container's endpoint that is silent once costs an attempt, and one that points elsewhere is not followed") {
    platform silent([](const seen&, int before) { return before == 0 ? never() : with(200, keys_document()); });
    CHECK(from_container({{full, silent.url() + "/x"}}) == "ASIATASK until " + later);
    CHECK(silent.all().size() == 2);
    platform slow([](const seen&, int) { return after(100ms, with(200, keys_document())); });
    CHECK(from_container({{full, slow.url() + "/x"}}) == "ASIATASK until " + later);
    CHECK(slow.all().size() == 1);
    platform elsewhere([&slow](const seen&, int) {
        auto out = with(302, "");
        out.headers.push_back({"Location", slow.url() + "/x"});
        return out;
    });
    CHECK(from_container({{full, elsewhere.url() + "/x"}}) == "the container endpoint answered with status 302");
    CHECK(slow.all().size() == 1);
}

TEST_CASE("a container's keys live as long as they say") {
    sts_peer sts;
    given_keys given;
    platform eks([&given](const seen&, int) { return given.answer(); });
    test_environment variables;
    variables.set(full, eks.url() + "/v1/credentials");
    check_life_of_keys(sts, variables, given);
}

TEST_CASE("a proxy is not asked for a container's keys") {
    platform ecs([](const seen&, int) { return with(200, keys_document()); });
    std::map<std::string, std::string> env{{full, ecs.url() + "/x"}};
    for (const auto* name : {"HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"}) env[name] = "http://127.0.0.1:1";
    CHECK(from_container(env) == "ASIATASK until " + later);
}
