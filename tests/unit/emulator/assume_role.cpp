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

parameter_list with_policies(int count) {
    auto all = assume_role_parameters();
    for (int i = 1; i <= count; ++i)
        all.emplace_back("PolicyArns.member." + std::to_string(i) + ".arn",
                         "arn:aws:iam::aws:policy/P" + std::to_string(i));
    return all;
}

parameter_list with_tags(int count) {
    auto all = assume_role_parameters();
    for (int i = 1; i <= count; ++i) {
        all.emplace_back("Tags.member." + std::to_string(i) + ".Key", "k" + std::to_string(i));
        all.emplace_back("Tags.member." + std::to_string(i) + ".Value", "v");
    }
    return all;
}

parameter_list with_tag(const std::string& key, const std::string& value) {
    return assume_role_parameters(deploy_role, {{"Tags.member.1.Key", key}, {"Tags.member.1.Value", value}});
}

std::string message_of(const parameter_list& parameters) {
    const auto read = read_assume_role(*form::parse(form_text(parameters)));
    return read ? "ok" : read.error().message;
}

/// A session policy of so many characters.
std::string policy_of(std::size_t size) {
    const std::string policy =
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]})";
    return policy + std::string(size - policy.size(), ' ');
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
        {"policy", with("Policy", policy_of(100)), "ok"},
        {"policy behind blanks", with("Policy", " \r\n\t" + policy_of(100)), "ok"},
        {"policy with a condition",
         with(
             "Policy",
             R"({"Statement":{"Effect":"Allow","NotAction":["iam:*"],"NotResource":"arn:aws:s3:::a","Condition":{"Bool":{"a:b":true}}}})"),
         "ok"},
        {"empty policy", with("Policy", ""), "ValidationError"},
        {"policy that is no object", with("Policy", "deny everything"), "MalformedPolicyDocument"},
        {"policy cut off", with("Policy", R"({"Version":"2012-10-17")"), "MalformedPolicyDocument"},
        {"policy of no statement", with("Policy", "{}"), "MalformedPolicyDocument"},
        {"policy that is another object", with("Policy", R"({"a":"b"})"), "MalformedPolicyDocument"},
        {"policy that is a list", with("Policy", "[]"), "MalformedPolicyDocument"},
        {"policy without effect", with("Policy", R"({"Statement":[{"Action":"*","Resource":"*"}]})"),
         "MalformedPolicyDocument"},
        {"policy of an unknown effect",
         with("Policy", R"({"Statement":[{"Effect":"deny","Action":"*","Resource":"*"}]})"), "MalformedPolicyDocument"},
        {"policy without action", with("Policy", R"({"Statement":[{"Effect":"Deny","Resource":"*"}]})"),
         "MalformedPolicyDocument"},
        {"policy without resource", with("Policy", R"({"Statement":[{"Effect":"Deny","Action":"*"}]})"),
         "MalformedPolicyDocument"},
        {"policy with a principal",
         with("Policy", R"({"Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Principal":"*"}]})"),
         "MalformedPolicyDocument"},
        {"policy of a version there is none of",
         with("Policy", R"({"Version":"2013-01-01","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]})"),
         "MalformedPolicyDocument"},
        {"policy of an empty list", with("Policy", R"({"Version":"2012-10-17","Statement":[]})"),
         "MalformedPolicyDocument"},
        {"policy whose action has no service",
         with("Policy", R"({"Statement":[{"Effect":"Deny","Action":"foo","Resource":"*"}]})"),
         "MalformedPolicyDocument"},
        {"policy with an unknown element",
         with("Policy", R"({"Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Foo":1}]})"),
         "MalformedPolicyDocument"},
        {"policy of 2048", with("Policy", policy_of(2048)), "ok"},
        {"policy of 2049", with("Policy", policy_of(2049)), "ValidationError"},
        {"policy with a character beyond Latin-1", with("Policy", "{\"\xC4\x80\":1}"), "ValidationError"},
        {"10 managed policies", with_policies(10), "ok"},
        {"11 managed policies", with_policies(11), "ValidationError"},
        {"managed policy of the role's account",
         with("PolicyArns.member.1.arn", "arn:aws:iam::444455556666:policy/team/X"), "ok"},
        {"managed policy of another account", with("PolicyArns.member.1.arn", "arn:aws:iam::111122223333:policy/X"),
         "ValidationError"},
        {"managed policy of AWS with a path",
         with("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"), "ok"},
        {"managed policy of all of a name's characters",
         with("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/aZ0_+=,.@-"), "ok"},
        {"managed policy with a blank in its name", with("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/a b"),
         "ValidationError"},
        {"managed policy with a dollar in its name", with("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ab$"),
         "ValidationError"},
        {"managed policy with a wildcard", with("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/Read*"),
         "ValidationError"},
        {"managed policy without a name", with("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/team/"),
         "ValidationError"},
        {"managed policy whose path has a blank", with("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/a b/X"),
         "ValidationError"},
        {"managed policy with an empty path", with("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy//X"),
         "ValidationError"},
        {"managed policy with a name of 128",
         with("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/" + std::string(128, 'p')), "ok"},
        {"managed policy with a name of 129",
         with("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/" + std::string(129, 'p')), "ValidationError"},
        {"managed policy with a path of 512",
         with("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/" + std::string(510, 'p') + "/X"), "ok"},
        {"managed policy with a path of 513",
         with("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/" + std::string(511, 'p') + "/X"), "ValidationError"},
        {"managed policy of a partition there is none of", with("PolicyArns.member.1.arn", "arn:foo:iam::aws:policy/X"),
         "ValidationError"},
        {"managed policy of another partition", with("PolicyArns.member.1.arn", "arn:aws-cn:iam::aws:policy/X"),
         "ValidationError"},
        {"managed policy of another partition and the role's account",
         with("PolicyArns.member.1.arn", "arn:aws-cn:iam::444455556666:policy/X"), "ValidationError"},
        {"managed policy and role of another partition",
         assume_role_parameters("arn:aws-cn:iam::444455556666:role/deploy",
                                {{"PolicyArns.member.1.arn", "arn:aws-cn:iam::aws:policy/X"}}),
         "ok"},
        {"managed policy in a region", with("PolicyArns.member.1.arn", "arn:aws:iam:us-east-1:aws:policy/X"),
         "ValidationError"},
        {"managed policy of another service", with("PolicyArns.member.1.arn", "arn:aws:s3::aws:policy/X"),
         "ValidationError"},
        {"managed policy twice",
         assume_role_parameters(deploy_role, {{"PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/X"},
                                              {"PolicyArns.member.2.arn", "arn:aws:iam::aws:policy/Y"},
                                              {"PolicyArns.member.3.arn", "arn:aws:iam::aws:policy/X"}}),
         "InvalidParameterValue"},
        {"managed policies that differ in case",
         assume_role_parameters(deploy_role, {{"PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/X"},
                                              {"PolicyArns.member.2.arn", "arn:aws:iam::aws:policy/x"}}),
         "ok"},
        {"managed policy that is no ARN", with("PolicyArns.member.1.arn", "ReadOnlyAccessForEverybody"),
         "ValidationError"},
        {"managed policy that is a role", with("PolicyArns.member.1.arn", "arn:aws:iam::444455556666:role/X"),
         "ValidationError"},
        {"managed policy too short for an ARN", with("PolicyArns.member.1.arn", "arn:aws:iam::1:a"), "ValidationError"},
        {"managed policy without its ARN", with("PolicyArns.member.1.Name", "X"), "ValidationError"},
        {"policies that fit alone and not together",
         assume_role_parameters(deploy_role,
                                {{"Policy", policy_of(2000)},
                                 {"PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/" + std::string(100, 'p')}}),
         "PackedPolicyTooLarge"},
        {"50 tags", with_tags(50), "ok"},
        {"51 tags", with_tags(51), "ValidationError"},
        {"tag key of 128", with_tag(std::string(128, 'k'), "v"), "ok"},
        {"tag key of 129", with_tag(std::string(129, 'k'), "v"), "ValidationError"},
        {"empty tag key", with_tag("", "v"), "ValidationError"},
        {"tag of all characters", with_tag("aZ 0_.:/=+-@", "\xC3\xA4 \xE6\x97\xA5\xD9\xA3\xC2\xA0"), "ok"},
        {"tag key with an exclamation mark", with_tag("a!", "v"), "ValidationError"},
        {"tag key with a new line", with_tag("a\nb", "v"), "ValidationError"},
        {"tag value with an emoji", with_tag("k", "\xF0\x9F\x98\x80"), "ValidationError"},
        {"tag value that is no UTF-8", with_tag("k", "\xFF"), "ValidationError"},
        {"tag value of 256", with_tag("k", std::string(256, 'v')), "ok"},
        {"tag value of 257", with_tag("k", std::string(257, 'v')), "ValidationError"},
        {"empty tag value", with_tag("k", ""), "ok"},
        {"tag without value", with("Tags.member.1.Key", "k"), "ValidationError"},
        {"tag without key", with("Tags.member.1.Value", "v"), "ValidationError"},
        {"reserved tag key", with_tag("AWS:x", "v"), "InvalidParameterValue"},
        {"tag keys that differ in case",
         assume_role_parameters(deploy_role, {{"Tags.member.1.Key", "a"},
                                              {"Tags.member.1.Value", ""},
                                              {"Tags.member.2.Key", "A"},
                                              {"Tags.member.2.Value", ""}}),
         "InvalidParameterValue"},
        {"tags too large to be packed",
         assume_role_parameters(
             deploy_role,
             {{"Tags.member.1.Key", "a"}, {"Tags.member.1.Value", std::string(256, 'v')}, {"Policy", policy_of(1900)}}),
         "PackedPolicyTooLarge"},
        {"transitive key of a tag in another case",
         assume_role_parameters(
             deploy_role,
             {{"Tags.member.1.Key", "team"}, {"Tags.member.1.Value", "x"}, {"TransitiveTagKeys.member.1", "Team"}}),
         "ok"},
        {"transitive key of no tag", with("TransitiveTagKeys.member.1", "team"), "InvalidParameterValue"},
        {"transitive key of 129", with("TransitiveTagKeys.member.1", std::string(129, 'k')), "ValidationError"},
        {"device and code",
         assume_role_parameters(deploy_role, {{"SerialNumber", "arn:aws:iam::1:mfa/me"}, {"TokenCode", "123456"}}),
         "ok"},
        {"device of 8", with("SerialNumber", "12345678"), "ValidationError"},
        {"code of 5 digits", with("TokenCode", "12345"), "ValidationError"},
        {"code of letters", with("TokenCode", "12345a"), "ValidationError"},
        {"role in another service", with("RoleArn", "arn:aws:sts::444455556666:role/deploy"), "ValidationError"},
        {"role of a partition there is none of", with("RoleArn", "arn:moon:iam::444455556666:role/deploy"),
         "ValidationError"},
        {"role of no account", with("RoleArn", "arn:aws:iam::four:role/deploy"), "ValidationError"},
        {"role that is a user", with("RoleArn", "arn:aws:iam::444455556666:user/deploy"), "ValidationError"},
        {"role with a control character", with("RoleArn", "arn:aws:iam::444455556666:role/de\x01ploy"),
         "ValidationError"},
        {"source identity", with("SourceIdentity", "alice@example.com"), "ok"},
        {"source identity with slash", with("SourceIdentity", "alice/bob"), "ValidationError"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(code_of(r.parameters) == r.code);
    }
}

TEST_CASE("what parameters violate is told in STS's words, all in one answer") {
    CHECK(message_of(with("DurationSeconds", "899")) ==
          "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must "
          "have value greater than or equal to 900");
    CHECK(
        message_of({{"DurationSeconds", "900"}}) ==
        "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; "
        "Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null");
    auto several = with("RoleSessionName", "!");
    several.emplace_back("ExternalId", "");
    several.emplace_back("Tags.member.7.Key", "k");
    CHECK(message_of(several) ==
          "4 validation errors detected: "
          "Value '!' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal "
          "to 2; "
          "Value '!' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression "
          "pattern: [\\w+=,.@-]*; "
          "Value null at 'tags.7.member.value' failed to satisfy constraint: Member must not be null; "
          "Value '' at 'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2");
    CHECK(message_of(with("Policy", policy_of(2049)))
              .ends_with(
                  "' at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048"));
    CHECK(message_of(with("RoleArn", "role/with/enough/characters")) == "role/with/enough/characters is invalid");
    CHECK(message_of(with("PolicyArns.member.1.arn", "ReadOnlyAccessForEverybody")) ==
          "ARN ReadOnlyAccessForEverybody is not valid.");
}

TEST_CASE("a session's transitive tags may not be set again") {
    const session_tags inherited{{"Team", "a", true}, {"stage", "b", false}};
    const auto code = [&](const std::string& key) {
        const auto read = read_assume_role(*form::parse(form_text(with_tag(key, "c"))), inherited);
        return read ? "ok" : std::string(read.error().code);
    };
    CHECK(code("team") == "InvalidParameterValue");
    CHECK(code("stage") == "ok");
}

TEST_CASE("policies and tags take their share of the packed space") {
    const auto percent = [](const parameter_list& parameters) {
        return read_assume_role(*form::parse(form_text(parameters)))->packed_percent;
    };
    CHECK(percent(assume_role_parameters()) == std::nullopt);
    CHECK(percent(with_tag("k", "v")) == 1);
    CHECK(percent(with("Policy", policy_of(2048))) == 100);
    CHECK(percent(with_tag(std::string(128, 'k'), std::string(256, 'v'))) == 19);
}

TEST_CASE("the parameters are handed on as they were sent") {
    const auto read = read_assume_role(*form::parse(
        form_text(assume_role_parameters(deploy_role, {{"DurationSeconds", "1200"},
                                                       {"ExternalId", "hk-1"},
                                                       {"Policy", policy_of(90)},
                                                       {"PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/X"}}))));
    REQUIRE(read.has_value());
    CHECK(read->role_arn == deploy_role);
    CHECK(read->session_name == "app-1");
    CHECK(read->duration == 1200s);
    CHECK(read->external_id == "hk-1");
    CHECK(read->policies.policy == policy_of(90));
    CHECK(read->policies.arns.size() == 1);
    CHECK(read_assume_role(*form::parse(form_text(assume_role_parameters())))->duration == 3600s);
}
