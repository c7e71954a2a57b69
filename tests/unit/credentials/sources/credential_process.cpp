#include "credentials/sources/credential_process.hpp"

#include "unit/credentials/platform.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace hourkey;
using namespace hourkey::credentials;
using namespace hourkey::test;

namespace {

std::string document(const std::string& id, const std::string& expiration = {}) {
    return R"({"Version":1,"AccessKeyId":")" + id + R"(","SecretAccessKey":"s")" +
           (expiration.empty() ? "" : R"(,"SessionToken":"t","Expiration":")" + expiration + '"') + "}";
}

std::string say(const std::string& text) { return "cat <<'X'\n" + text + "\nX\n"; }

}  // namespace

TEST_CASE("what a program prints is judged strictly, and never told") {
    const struct {
        std::string name, script, expected;
    } rows[] = {
        {"long-lived", say(document("AKIAPROC")), "AKIAPROC until ever"},
        {"temporary", say(document("ASIAPROC", later)), "ASIAPROC until " + later},
        {"an expiration that is no time", say(document("ASIAPROC", "soon")),
         "credential_process wrote an Expiration that is no time with its zone, such as 2026-11-22T02:59:40Z"},
        {"another version", say(R"({"Version":2,"AccessKeyId":"A","SecretAccessKey":"s"})"),
         "credential_process wrote a document of another Version than 1"},
        {"a version in quotes", say(R"({"Version":"1","AccessKeyId":"A","SecretAccessKey":"s"})"), "no valid JSON"},
        {"no key", say(R"({"Version":1,"SecretAccessKey":"hunter2"})"), "no valid JSON"},
        {"no secret", say(R"({"Version":1,"AccessKeyId":"A"})"), "no valid JSON"},
        {"a secret of two lines", say(R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"hunter2\nX: y"})"),
         "credential_process: the secret access key (SecretAccessKey) is empty or holds a blank"},
        {"garbage", say("hunter2"), "no valid JSON"},
        {"nothing", "exit 0\n", "no valid JSON"},
        {"a good document with a bad exit", say(document("AKIAPROC")) + "exit 1\n", "exit code 1"},
    };
    const scratch_folder files;
    test_environment variables;
    for (const auto& r : rows) {
        CAPTURE(r.name);
        profile p;
        p.set("credential_process", files.program("tool", r.script));
        auto command = process_of_profile(p, "default");
        REQUIRE(command.has_value());
        const auto got = told(fetch_once(*std::move(command), quick_settings(variables)));
        INFO(got);
        CHECK(got.find(r.expected) != std::string::npos);
        CHECK(got.find("hunter2") == std::string::npos);
    }
}

TEST_CASE("a program gets its time and no more") {
    test_environment variables;
    auto settings = quick_settings(variables);
    settings.process_timeout = 20ms;
    CHECK(told(fetch_once(process_command{{"sleep", "60"}}, settings)) ==
          "credential_process did not end in time; run it by hand and repair it");
}
