// The stand-in answers as EC2's metadata service does.
#include "credentials/sources/instance_metadata.hpp"

#include "unit/credentials/platform.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace hourkey;
using namespace hourkey::credentials;
using namespace hourkey::test;

namespace {

constexpr auto roles = "/latest/meta-data/iam/security-credentials/";

/// As EC2's documentation has it: a token for a PUT that says for how long, at most six hours; nothing without one.
/// Its answers come on the platform's thread.
class ec2 {
public:
    explicit ec2(const clock_source& clock) : clock_(clock) {}

    const given_keys* given = nullptr;  ///< null: always the same
    std::atomic<int> refused = 0;       ///< for a token that had run out or never was

    [[nodiscard]] http::response answer(const seen& r) {
        if (r.what == "PUT /latest/api/token") return give_token(r);
        const auto token = r.fields.find("x-aws-ec2-metadata-token");
        const auto until = token == r.fields.end() ? ends_.end() : ends_.find(token->second);
        if (until == ends_.end() || until->second <= clock_.now()) {
            ++refused;
            return with(401, "");
        }
        if (r.what == std::string("GET ") + roles) return with(200, "web.role-1\n");
        if (r.what == std::string("GET ") + roles + "web.role-1")
            return given != nullptr ? given->answer() : with(200, keys_document("Success"));
        return with(404, "");
    }
    [[nodiscard]] platform::answers answers() {
        return [this](const seen& r, int) { return answer(r); };
    }

private:
    http::response give_token(const seen& r) {
        const auto field = r.fields.find("x-aws-ec2-metadata-token-ttl-seconds");
        int life = 0;
        if (field != r.fields.end())
            std::from_chars(field->second.data(), field->second.data() + field->second.size(), life);
        if (life < 1 || life > 21600) return with(400, "");
        if (r.fields.contains("X-Forwarded-For")) return with(403, "");
        auto token = "token-" + std::to_string(ends_.size());
        ends_[token] = clock_.now() + std::chrono::seconds(life);
        auto out = with(200, std::move(token));
        out.headers.push_back({"x-aws-ec2-metadata-token-ttl-seconds", field->second});
        return out;
    }

    const clock_source& clock_;
    std::map<std::string, wall_time> ends_;  ///< of tokens
};

/// The verbs, in order.
std::string asked_of(platform& there) {
    std::string out;
    for (const auto& r : there.all()) out += (out.empty() ? "" : " ") + r.what.substr(0, r.what.find(' '));
    return out;
}

std::string from_metadata(const std::string& url, test_environment& variables) {
    variables.set("AWS_EC2_METADATA_DISABLED", "");
    variables.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", url);
    auto service = find_instance_metadata(variables.reader(), {});
    REQUIRE(service.has_value());
    REQUIRE(service->has_value());
    return told(fetch_once(**std::move(service), quick_settings(variables)));
}
std::string from_metadata(const std::string& url) {
    test_environment variables;
    return from_metadata(url, variables);
}

}  // namespace

TEST_CASE("the instance's role gives its keys, by a token and never without one") {
    ec2 machine(system_clock());
    platform imds(machine.answers());
    CHECK(from_metadata(imds.url() + "/") == "ASIATASK until " + later);
    CHECK(asked_of(imds) == "PUT GET GET");
}

TEST_CASE("a token that is refused is fetched again, once") {
    ec2 machine(system_clock());
    const std::string role = roles + std::string("web.role-1");
    const struct {
        const char* name;
        std::map<std::string, int> refusals;  ///< how many GETs of a path are answered 401
        std::string expected;
        std::string asked;
    } rows[] = {
        {"when the role is asked for", {{roles, 1}}, "ASIATASK until " + later, "PUT GET PUT GET GET"},
        {"when its keys are", {{role, 1}}, "ASIATASK until " + later, "PUT GET GET PUT GET GET"},
        {"and not a second time",
         {{roles, 2}},
         "the metadata service does not take the tokens that it gives",
         "PUT GET PUT GET"},
        {"nor later in the second round",
         {{role, 2}},
         "the metadata service does not take the tokens that it gives",
         "PUT GET GET PUT GET GET"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        auto left = r.refusals;
        platform imds([&](const seen& q, int) {
            if (q.what.starts_with("GET ") && left[q.what.substr(4)]-- > 0) return with(401, "");
            return machine.answer(q);
        });
        CHECK(from_metadata(imds.url()) == r.expected);
        CHECK(asked_of(imds) == r.asked);
    }
}

TEST_CASE("a token's answer that the hop limit drops is told as that, and version 1 is not tried") {
    platform imds([](const seen& r, int) {
        if (r.what.starts_with("PUT")) return never();
        return with(200, r.what.ends_with('/') ? "web.role-1" : keys_document("Success"));  // to whom has no token
    });
    CHECK(
        from_metadata(imds.url()) ==
        "the metadata service did not answer; on EC2 a container needs a hop limit of 2, elsewhere give hourkey keys");
    CHECK(asked_of(imds) == "PUT");
}

TEST_CASE("a slow metadata service is waited for, a silent one is not") {
    ec2 machine(system_clock());
    const struct {
        const char* name;
        std::string to;
        std::chrono::milliseconds pause;
        std::string expected;
    } rows[] = {{"every answer", "", 100ms, "ASIATASK until " + later},
                {"no word about the role", roles, 24h, "the metadata service did not answer"},
                {"no keys", "web.role-1", 24h, "the metadata service did not answer"}};
    for (const auto& r : rows) {
        CAPTURE(r.name);
        platform imds([&](const seen& q, int) {
            return q.what.ends_with(r.to) ? after(r.pause, machine.answer(q)) : machine.answer(q);
        });
        CHECK(from_metadata(imds.url()) == r.expected);
    }
}

TEST_CASE("each fetch has a token of its own, and the keys live as long as they say") {
    sts_peer sts;
    given_keys given;
    ec2 machine(sts.clock);
    machine.given = &given;
    platform imds(machine.answers());
    test_environment variables;
    variables.set("AWS_EC2_METADATA_DISABLED", "false");
    variables.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.url());
    check_life_of_keys(sts, variables, given);
    // The first token had run out by the second day; nobody was refused for that.
    CHECK(machine.refused.load() == 0);
}

TEST_CASE("a proxy is not asked for the instance's keys") {
    ec2 machine(system_clock());
    platform imds(machine.answers());
    test_environment variables;
    for (const auto* name : {"HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"})
        variables.set(name, "http://127.0.0.1:1");
    CHECK(from_metadata(imds.url(), variables) == "ASIATASK until " + later);
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
        {"no role", after_token(with(404, ""), with(200, keys_document("Success"))),
         "the instance has no role; attach one to it, or give hourkey keys in another way"},
        {"a list of something else", after_token(with(200, "../../x"), with(200, keys_document("Success"))),
         "the metadata service names no role of the instance's"},
        {"a role that cannot be assumed",
         after_token(named,
                     with(200, R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role"})")),
         "the metadata service gives no keys (AssumeRoleUnauthorizedAccess)"},
        {"a way elsewhere",
         [](const seen&, int) {
             auto out = with(302, "");
             out.headers.push_back({"Location", "http://127.0.0.1:1/"});
             return out;
         },
         "the metadata service answered with status 302"},
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

TEST_CASE("a metadata service whose certificate is not trusted is told as that, and not as far away") {
    const tls_files tls;
    ec2 machine(system_clock());
    platform imds(machine.answers(), &tls.context());
    CHECK(from_metadata(imds.url()) ==
          "the metadata service has a certificate that hourkey does not trust; name the file of its authority in "
          "aws.ca_file");
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
                {{{"AWS_IMDS_USE_IPV6", "True"}}, "fd00:ec2::254"},
                {{{"AWS_IMDS_USE_IPV6", "false"}}, "169.254.169.254"},
                {{{"AWS_IMDS_USE_IPV6", "true"}, {mode, "IPv4"}}, "169.254.169.254"},
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
        const auto got = find_instance_metadata(variables.reader(), {});
        if (!got)
            CHECK(got.error().hint.find(r.expected) != std::string::npos);
        else
            CHECK((*got ? (*got)->url.host : "off") == r.expected);
    }
}

TEST_CASE("the chosen profile says where the metadata service is, unless a variable does") {
    const std::string variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT", mode_variable = variable + "_MODE";
    const std::string endpoint = "ec2_metadata_service_endpoint", mode = endpoint + "_mode";
    const struct {
        std::map<std::string, std::string> env, lines;
        std::string expected;
    } rows[] = {{{}, {{endpoint, "http://127.0.0.1:1338"}}, "127.0.0.1"},
                {{}, {{mode, "IPv6"}}, "fd00:ec2::254"},
                {{}, {{mode, "ipv6"}, {endpoint, "http://localhost:1338/"}}, "localhost"},
                {{{variable, "http://localhost:1"}}, {{endpoint, "http://127.0.0.1:1338"}}, "localhost"},
                {{{variable, ""}}, {{endpoint, "http://127.0.0.1:1338"}}, "127.0.0.1"},
                {{{mode_variable, "IPv4"}}, {{mode, "IPv6"}}, "169.254.169.254"},
                {{{mode_variable, "IPv6"}}, {{endpoint, "http://127.0.0.1:1338"}}, "127.0.0.1"},
                {{}, {{"imds_use_ipv6", "true"}}, "fd00:ec2::254"},
                {{}, {{"imds_use_ipv6", "true"}, {mode, "IPv4"}}, "169.254.169.254"},
                {{}, {{mode, "5"}}, "profile deploy: ec2_metadata_service_endpoint_mode is neither IPv4 nor IPv6"},
                {{},
                 {{endpoint, "http://metadata"}},
                 "profile deploy: ec2_metadata_service_endpoint is http:// to another machine; only https://, "
                 "loopback and AWS's own addresses are taken"}};
    for (const auto& r : rows) {
        CAPTURE(r.expected);
        test_environment variables;
        variables.set("AWS_EC2_METADATA_DISABLED", "");
        for (const auto& [name, value] : r.env) variables.set(name, value);
        profile p;
        for (const auto& [name, value] : r.lines) p.set(name, value);
        const auto got = find_instance_metadata(variables.reader(), {"deploy", &p});
        CHECK((got ? (*got)->url.host : got.error().hint) == r.expected);
    }
}

TEST_CASE("how long and how often the metadata service is asked, the SDKs' settings say") {
    const std::string timeout = "AWS_METADATA_SERVICE_TIMEOUT", attempts = "AWS_METADATA_SERVICE_NUM_ATTEMPTS";
    const struct {
        std::map<std::string, std::string> env, lines;
        std::string expected;
    } rows[] = {{{}, {}, "1 s, 1 times"},
                {{{timeout, "60"}, {attempts, "10"}}, {}, "60 s, 10 times"},
                {{}, {{"metadata_service_timeout", "5"}, {"metadata_service_num_attempts", "3"}}, "5 s, 3 times"},
                {{{timeout, "2"}}, {{"metadata_service_timeout", "5"}}, "2 s, 1 times"},
                {{{timeout, ""}}, {{"metadata_service_timeout", "5"}}, "5 s, 1 times"},
                {{{timeout, "61"}}, {}, "environment: AWS_METADATA_SERVICE_TIMEOUT is not 1 to 60"},
                {{{timeout, "0"}}, {}, "environment: AWS_METADATA_SERVICE_TIMEOUT is not 1 to 60"},
                {{{timeout, "1.5"}}, {}, "environment: AWS_METADATA_SERVICE_TIMEOUT is not 1 to 60"},
                {{{attempts, "11"}}, {}, "environment: AWS_METADATA_SERVICE_NUM_ATTEMPTS is not 1 to 10"},
                {{},
                 {{"metadata_service_num_attempts", "many"}},
                 "profile deploy: metadata_service_num_attempts is not 1 to 10"}};
    for (const auto& r : rows) {
        CAPTURE(r.expected);
        test_environment variables;
        variables.set("AWS_EC2_METADATA_DISABLED", "");
        for (const auto& [name, value] : r.env) variables.set(name, value);
        profile p;
        for (const auto& [name, value] : r.lines) p.set(name, value);
        const auto got = find_instance_metadata(variables.reader(), {"deploy", &p});
        if (!got) {
            CHECK(got.error().hint == r.expected);
            continue;
        }
        const auto& each = (*got)->each;
        CHECK(std::to_string(each.patience / 1s) + " s, " + std::to_string(each.most) + " times" == r.expected);
    }
}

TEST_CASE("a metadata service that stumbles is asked again as often as the settings say") {
    ec2 machine(system_clock());
    platform imds([&](const seen& r, int before) { return before % 2 == 0 ? with(503, "") : machine.answer(r); });
    test_environment variables;
    variables.set("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "2");
    CHECK(from_metadata(imds.url(), variables) == "ASIATASK until " + later);
    CHECK(asked_of(imds) == "PUT PUT GET GET GET GET");
}
