#include "emulator/session_policy.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hourkey::emulator;

namespace {

std::string answer_to(const std::string& policy) {
    const auto checked = check_session_policy(policy);
    if (checked) return "ok";
    CHECK(checked.error().status == 400);
    CHECK(checked.error().code == "MalformedPolicyDocument");
    return checked.error().message;
}

std::string of(const std::string& statements) { return R"({"Version":"2012-10-17","Statement":)" + statements + "}"; }

/// A good statement with one more element, or one in another's place.
std::string with(const std::string& element) {
    return of(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*",)" + element + "}");
}
std::string acting(const std::string& actions) {
    return of(R"({"Effect":"Allow","Resource":"*","Action":)" + actions + "}");
}
std::string reaching(const std::string& resources) {
    return of(R"({"Effect":"Allow","Action":"*","Resource":)" + resources + "}");
}
std::string when(const std::string& condition) { return with(R"("Condition":)" + condition); }

const std::string statement = R"({"Effect":"Deny","Action":"*","Resource":"*"})";

}  // namespace

TEST_CASE("session policies that IAM takes are taken") {
    struct row {
        std::string name;
        std::string policy;
    };
    const row rows[] = {
        {"one statement", of(statement)},
        {"a list of one", of("[" + statement + "]")},
        {"two statements", of("[" + statement + "," + statement + "]")},
        {"no version", R"({"Statement":)" + statement + "}"},
        {"the older version", R"({"Version":"2008-10-17","Statement":)" + statement + "}"},
        {"an id", R"({"Id":"a-b c","Statement":)" + statement + "}"},
        {"a Sid", with(R"("Sid":"ReadOnly2")")},
        {"an empty Sid", with(R"("Sid":"")")},
        {"two Sids that differ in case", of(R"([{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"},)"
                                            R"({"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"}])")},
        {"two empty Sids", of(R"([{"Sid":"","Effect":"Allow","Action":"*","Resource":"*"},)"
                              R"({"Sid":"","Effect":"Allow","Action":"*","Resource":"*"}])")},
        {"NotAction and NotResource",
         of(R"({"Effect":"Deny","NotAction":["iam:*"],"NotResource":"arn:aws:s3:::a/*"})")},
        {"a service that AWS has not", acting(R"("aaaaaaaaaa:ListBucket")")},
        {"a service with a hyphen and one with a dot", acting(R"(["execute-api:Invoke","s3.s:Get"])")},
        {"an action with wildcards", acting(R"("s3:Get?bject*")")},
        {"an empty condition", when("{}")},
        {"an unknown operator that says nothing", when(R"({"Foo":{}})")},
        {"an operator without keys and a key without values", when(R"({"Bool":{},"DateLessThan":{"a":[]}})")},
        {"a key that the emulator does not evaluate", when(R"({"StringLike":{"s3:prefix":["home/${aws:userid}/*"]}})")},
        {"quantifiers and IfExists", when(R"({"ForAllValues:StringEqualsIfExists":{"aws:TagKeys":"a"}})")},
        {"a binary value", when(R"({"BinaryEquals":{"aws:a":"QmluYXJ5"}})")},
        {"values that are no strings", when(R"({"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"a:b":3}})")},
        {"a date", when(R"({"DateGreaterThan":{"aws:CurrentTime":"2026-07-01T00:00:00Z"}})")},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(answer_to(r.policy) == "ok");
    }
}

TEST_CASE("session policies that break IAM's syntax are refused with what breaks it") {
    struct row {
        std::string name;
        std::string policy;
        std::string words;
    };
    const row rows[] = {
        {"no statement", R"({"Version":"2012-10-17"})", "Statement is missing"},
        {"an empty list", of("[]"), "Statement is empty"},
        {"a statement that is a word", of(R"("Allow")"), "Statement"},
        {"a statement that is null", of("null"), "Statement"},
        {"a list of words", of(R"(["Allow"])"), "Statement"},
        {"an empty statement", of("{}"), "Effect"},
        {"an unknown version", R"({"Version":"2012-10-18","Statement":)" + statement + "}", "Version"},
        {"a version that is null", R"({"Version":null,"Statement":)" + statement + "}", "Version is null"},
        {"an id that is a list", R"({"Id":["a"],"Statement":)" + statement + "}", "Id"},
        {"an unknown element", R"({"Statements":[],"Statement":)" + statement + "}", "Statements"},
        {"an unknown element of a statement", with(R"("Conditions":{})"), "Conditions"},
        {"an element in lower case", with(R"("sid":"a")"), "sid"},
        {"a wrong effect", of(R"({"Effect":"Permit","Action":"*","Resource":"*"})"), "Effect"},
        {"an effect in lower case", of(R"({"Effect":"allow","Action":"*","Resource":"*"})"), "Effect"},
        {"no effect", of(R"({"Action":"*","Resource":"*"})"), "Effect"},
        {"both actions", with(R"("NotAction":[])"), "NotAction"},
        {"both resources", with(R"("NotResource":"*")"), "NotResource"},
        {"both principals", with(R"("Principal":"*","NotPrincipal":"*")"), "NotPrincipal"},
        {"a principal that is null", with(R"("Principal":null)"), "Principal is null"},
        {"an action that is an object", acting("{}"), "Action"},
        {"an action that is null", acting("null"), "Action is null"},
        {"actions in a list of lists", acting("[[]]"), "Action"},
        {"a resource that is an object", reaching(R"({"a":"arn:aws:s3:::b"})"), "Resource"},
        {"resources with an object", reaching(R"(["*",{}])"), "Resource"},
        {"a Sid that is a list", with(R"("Sid":[])"), "Sid"},
        {"a Sid that is null", with(R"("Sid":null)"), "Sid is null"},
        {"a condition that is a list", when("[]"), "Condition"},
        {"a condition that is null", when("null"), "Condition is null"},
        {"an operator of a word", when(R"({"Bool":"true"})"), "Bool"},
        {"an operator of null", when(R"({"Bool":null})"), "Bool"},
        {"a key of an object", when(R"({"Bool":{"a:b":{}}})"), "a:b"},
        {"a key of null", when(R"({"Bool":{"a:b":null}})"), "a:b is null"},
        {"an unknown operator", when(R"({"Foo":{"a:b":"c"}})"), "Foo"},
        {"an operator in another case", when(R"({"stringEquals":{"a:b":"c"}})"), "stringEquals"},
        {"a quantifier with two colons", when(R"({"ForAnyValue::StringEquals":{"a:b":"c"}})"), "ForAnyValue::"},
        {"two quantifiers", when(R"({"ForAnyValue:ForAllValues:StringEquals":{"a:b":"c"}})"), "ForAllValues"},
        {"Null with IfExists", when(R"({"NullIfExists":{"a:b":"true"}})"), "NullIfExists"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto answer = answer_to(r.policy);
        CAPTURE(answer);
        CHECK(answer.starts_with("Syntax errors in policy: "));
        CHECK(answer.find(r.words) != std::string::npos);
    }
}

TEST_CASE("session policies that IAM refuses after their syntax are refused in its sentences") {
    const std::string no_vendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    const std::string no_json = "The policy is not in the valid JSON format.";
    const std::string no_actions = "Policy statement must contain actions.";
    const std::string no_resources = "Policy statement must contain resources.";
    const std::string no_principal = "Policy document should not specify a principal.";
    const std::string sid_characters =
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
        "[0-9A-Za-z]*";
    struct row {
        std::string name;
        std::string policy;
        std::string message;
    };
    const row rows[] = {
        {"words", "deny everything", no_json},
        {"nothing but blanks", " \n", no_json},
        {"a list", "[" + of(statement) + "]", no_json},
        {"a document cut off", of(statement).substr(0, 40), no_json},
        {"an element twice", with(R"("Action":"*")"), no_json},
        {"an action without a service", acting(R"("foo")"), no_vendor},
        {"an empty action", acting(R"("")"), no_vendor},
        {"a bad one among good actions", acting(R"(["s3:Get*","GetObject"])"), no_vendor},
        {"a bad NotAction", of(R"({"Effect":"Allow","NotAction":"foo","Resource":"*"})"), no_vendor},
        {"an action that is a truth", acting("true"), no_vendor},
        {"an action of three parts", acting(R"("s3:Get:Object")"), "Actions/Condition can contain only one colon."},
        {"a service with a blank", acting(R"("a a:Get")"), "Vendor a a is not valid"},
        {"a service with a wildcard", acting(R"("s3*:Get")"), "Vendor s3* is not valid"},
        {"no action", of(R"({"Effect":"Allow","Resource":"*"})"), no_actions},
        {"an empty list of actions", acting("[]"), no_actions},
        {"an empty list of NotAction", of(R"({"Effect":"Allow","Resource":"*","NotAction":[]})"), no_actions},
        {"no resource", of(R"({"Effect":"Allow","Action":"*"})"), no_resources},
        {"an empty list of resources", reaching("[]"), no_resources},
        {"the second statement has no resource", of("[" + statement + R"(,{"Effect":"Allow","Action":"*"}])"),
         no_resources},
        {"a resource that is a word", reaching(R"("foo")"), R"(Resource foo must be in ARN format or "*".)"},
        {"a bad one among good resources", reaching(R"(["*","foo"])"), R"(Resource foo must be in ARN format or "*".)"},
        {"a bad NotResource", of(R"({"Effect":"Allow","Action":"*","NotResource":"foo"})"),
         R"(Resource foo must be in ARN format or "*".)"},
        {"a principal", with(R"("Principal":"*")"), no_principal},
        {"a principal of an account", with(R"("Principal":{"AWS":"111122223333"})"), no_principal},
        {"a NotPrincipal", with(R"("NotPrincipal":{"AWS":"111122223333"})"), no_principal},
        {"a Sid with a hyphen", with(R"("Sid":"a-b")"), sid_characters},
        {"a Sid with a blank", with(R"("Sid":"a b")"), sid_characters},
        {"a Sid with an umlaut", with("\"Sid\":\"\xC3\xA4\""), sid_characters},
        {"a Sid twice",
         of(R"([{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"},)"
            R"({"Sid":"a","Effect":"Deny","Action":"*","Resource":"*"}])"),
         "Statement IDs (SID) in a single policy must be unique."},
        {"a date that is none", when(R"({"DateLessThan":{"aws:CurrentTime":"tomorrow"}})"),
         "The policy failed legacy parsing"},
        {"a bad one among good dates",
         when(R"({"DateEqualsIfExists":{"aws:CurrentTime":["2026-01-01","2026-13-01"]}})"),
         "The policy failed legacy parsing"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(answer_to(r.policy) == r.message);
    }
}
