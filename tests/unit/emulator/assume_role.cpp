#include "emulator/assume_role.hpp"

#include "signing.hpp"

#include <doctest/doctest.h>

using namespace hourkey::emulator;
using namespace hourkey::emulator::test;

namespace {

std::string code_of(const parameter_list& parameters) {
    const auto read = read_assume_role(*form::parse(form_text(parameters)));
    return read ? "ok" : std::string(read.error().code);
}

parameter_list with(const std::string& name, const std::string& value) {
    auto all = assume_role_parameters();
    for (auto& [key, text] : all) {
        if (key == name) {
            text = value;
            return all;
        }
    }
    all.emplace_back(name, value);
    return all;
}

parameter_list with_many(const std::string& start, const std::string& end, int count) {
    auto all = assume_role_parameters();
    for (int i = 1; i <= count; ++i) all.emplace_back(start + std::to_string(i) + end, "k" + std::to_string(i));
    return all;
}

}  // namespace

TEST_CASE("each AssumeRole parameter is taken at its limit and refused one past it") {
    const std::string arn = "arn:aws:iam::444455556666:role/";
    struct row {
        const char* name;
        parameter_list parameters;
        const char* code;
    };
    const row rows[] = {
        {"the plain request", assume_role_parameters(), "ok"},
        {"no role", {{"RoleSessionName", "app-1"}}, "ValidationError"},
        {"no session name", {{"RoleArn", std::string(deploy_role)}}, "ValidationError"},
        {"role of 2048", with("RoleArn", arn + std::string(2048 - arn.size(), 'r')), "ok"},
        {"role of 2049", with("RoleArn", arn + std::string(2049 - arn.size(), 'r')), "ValidationError"},
        {"role of 19", with("RoleArn", "arn:aws:iam::1:role"), "ValidationError"},
        {"role that is no ARN", with("RoleArn", "role/with/enough/characters"), "ValidationError"},
        {"session name of 2", with("RoleSessionName", "ab"), "ok"},
        {"session name of 1", with("RoleSessionName", "a"), "ValidationError"},
        {"session name of 64", with("RoleSessionName", std::string(64, 'a')), "ok"},
        {"session name of 65", with("RoleSessionName", std::string(65, 'a')), "ValidationError"},
        {"session name of all characters", with("RoleSessionName", "aZ0_+=,.@-"), "ok"},
        {"session name with colon", with("RoleSessionName", "a:b"), "ValidationError"},
        {"session name with slash", with("RoleSessionName", "a/b"), "ValidationError"},
        {"session name with space", with("RoleSessionName", "a b"), "ValidationError"},
        {"session name with umlaut", with("RoleSessionName", "\xC3\xA4\xC3\xB6"), "ValidationError"},
        {"900 seconds", with("DurationSeconds", "900"), "ok"},
        {"899 seconds", with("DurationSeconds", "899"), "ValidationError"},
        {"43200 seconds", with("DurationSeconds", "43200"), "ok"},
        {"43201 seconds", with("DurationSeconds", "43201"), "ValidationError"},
        {"no number of seconds", with("DurationSeconds", "3600s"), "ValidationError"},
        {"external id of 2", with("ExternalId", "ab"), "ok"},
        {"external id of 1", with("ExternalId", "a"), "ValidationError"},
        {"external id of 1224", with("ExternalId", std::string(1224, 'a')), "ok"},
        {"external id of 1225", with("ExternalId", std::string(1225, 'a')), "ValidationError"},
        {"external id with slash and colon", with("ExternalId", "a:/-"), "ok"},
        {"external id with space", with("ExternalId", "a b"), "ValidationError"},
        {"policy", with("Policy", R"( {"Version":"2012-10-17","Statement":[]} )"), "ok"},
        {"empty policy", with("Policy", ""), "ValidationError"},
        {"policy that is no object", with("Policy", "deny everything"), "MalformedPolicyDocument"},
        {"policy cut off", with("Policy", R"({"Version":"2012-10-17")"), "MalformedPolicyDocument"},
        {"policy of 2048", with("Policy", "{" + std::string(2046, ' ') + "}"), "ok"},
        {"policy of 2049", with("Policy", "{" + std::string(2047, ' ') + "}"), "PackedPolicyTooLarge"},
        {"10 managed policies", with_many("PolicyArns.member.", ".arn", 10), "ok"},
        {"11 managed policies", with_many("PolicyArns.member.", ".arn", 11), "ValidationError"},
        {"50 tags", with_many("Tags.member.", ".Key", 50), "ok"},
        {"51 tags", with_many("Tags.member.", ".Key", 51), "ValidationError"},
        {"tag key of 128", with("Tags.member.1.Key", std::string(128, 'k')), "ok"},
        {"tag key of 129", with("Tags.member.1.Key", std::string(129, 'k')), "ValidationError"},
        {"tag value of 257", with("Tags.member.1.Value", std::string(257, 'v')), "ValidationError"},
        {"reserved tag key", with("Tags.member.1.Key", "AWS:x"), "ValidationError"},
        {"tag keys that differ in case", assume_role_parameters(deploy_role, {{"Tags.member.1.Key", "a"}, {"Tags.member.2.Key", "A"}}), "ValidationError"},
        {"source identity", with("SourceIdentity", "alice@example.com"), "ok"},
        {"source identity with slash", with("SourceIdentity", "alice/bob"), "ValidationError"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(code_of(r.parameters) == r.code);
    }
}

TEST_CASE("the parameters are handed on as they were sent") {
    const auto read = read_assume_role(*form::parse(form_text(assume_role_parameters(
        deploy_role, {{"DurationSeconds", "1200"}, {"ExternalId", "hk-1"}, {"Policy", "{}"}, {"PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/X"}}))));
    REQUIRE(read.has_value());
    CHECK(read->role_arn == deploy_role);
    CHECK(read->session_name == "app-1");
    CHECK(read->duration == 1200s);
    CHECK(read->external_id == "hk-1");
    CHECK(read->policy == "{}");
    CHECK(read->policy_arns == 1);
    CHECK(read_assume_role(*form::parse(form_text(assume_role_parameters())))->duration == 3600s);
}
