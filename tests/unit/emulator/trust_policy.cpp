#include "emulator/trust_policy.hpp"

#include <doctest/doctest.h>

using namespace hourkey::emulator;

namespace {

principal user(const std::string& name) {
    principal who;
    who.arn = who.principal_arn = "arn:aws:iam::111122223333:user/" + name;
    return who;
}

std::string one(const std::string& statement) { return R"({"Version":"2012-10-17","Statement":[)" + statement + "]}"; }

std::string verdict(const std::string& policy, const principal& caller, const condition_context& context = {},
                    std::string_view action = "sts:AssumeRole") {
    const auto parsed = parse_trust_policy(policy);
    if (!parsed) return "refused: " + std::string(parsed.error().text());
    switch (decide(*parsed, action, caller, context)) {
        case trust_verdict::allowed: return "allowed";
        case trust_verdict::denied: return "denied";
        default: return "not allowed";
    }
}

const std::string allow_account = R"({"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"})";

}  // namespace

TEST_CASE("statements are taken together, and Deny wins") {
    const std::string deny_eve =
        R"({"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:user/eve"},"Action":"sts:*"})";
    const std::string allow_other =
        R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":["sts:AssumeRole"]})";
    struct row {
        const char* name;
        std::string policy;
        const char* caller;
        std::string_view action;
        const char* verdict;
    };
    const row rows[] = {
        {"first of two", one(allow_account + "," + allow_other), "bob", "sts:AssumeRole", "allowed"},
        {"second of two", one(allow_other + "," + allow_account), "bob", "sts:AssumeRole", "allowed"},
        {"neither", one(allow_other), "bob", "sts:AssumeRole", "not allowed"},
        {"denied before allowed", one(deny_eve + "," + allow_account), "eve", "sts:AssumeRole", "denied"},
        {"allowed before denied", one(allow_account + "," + deny_eve), "eve", "sts:AssumeRole", "denied"},
        {"another is denied", one(allow_account + "," + deny_eve), "bob", "sts:AssumeRole", "allowed"},
        {"a statement that is no list", R"({"Statement":)" + allow_account + "}", "bob", "sts:AssumeRole", "allowed"},
        {"another action", one(allow_account), "bob", "sts:TagSession", "not allowed"},
        {"all actions of STS", one(R"({"Effect":"Allow","Principal":"*","Action":"sts:*"})"), "bob", "sts:TagSession",
         "allowed"},
        {"an action in another case", one(R"({"Effect":"Allow","Principal":"*","Action":"STS:assumerole"})"), "bob",
         "sts:AssumeRole", "allowed"},
        {"an action with a wildcard", one(R"({"Effect":"Allow","Principal":"*","Action":"sts:Assume*"})"), "bob",
         "sts:AssumeRole", "allowed"},
        {"only a service",
         one(R"({"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"})"), "bob",
         "sts:AssumeRole", "not allowed"},
        {"a service and a user",
         one(R"({"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com","AWS":["arn:aws:iam::111122223333:user/bob"]},"Action":"sts:AssumeRole"})"),
         "bob", "sts:AssumeRole", "allowed"},
        {"a provider names no user",
         one(R"({"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/a.b"},"Action":"sts:*"})"),
         "bob", "sts:AssumeRole", "not allowed"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(verdict(r.policy, user(r.caller), {}, r.action) == r.verdict);
    }
}

TEST_CASE("all conditions of a statement must hold") {
    const auto policy = one(
        R"({"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"hk-1","sts:RoleSessionName":["a","b"]},)"
        R"("IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}})");
    condition_context context;
    context.set("sts:ExternalId", "hk-1");
    context.set("sts:RoleSessionName", "b");
    context.set("aws:SourceIp", "203.0.113.7");
    CHECK(verdict(policy, user("bob"), context) == "allowed");
    for (const auto* key : {"sts:ExternalId", "sts:RoleSessionName", "aws:SourceIp"}) {
        CAPTURE(key);
        auto other = context;
        other.set(key, "198.51.100.1");
        CHECK(verdict(policy, user("bob"), other) == "not allowed");
    }
    // Deny applies only when its conditions hold.
    const auto guarded =
        one(allow_account +
            R"(,{"Effect":"Deny","Principal":"*","Action":"*sts:*","Condition":{"Null":{"sts:ExternalId":"true"}}})");
    CHECK(verdict(guarded, user("bob")).starts_with("refused"));  // "*sts:*" is no action of STS
    const auto deny = one(
        allow_account +
        R"(,{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"Null":{"sts:ExternalId":"true"}}})");
    CHECK(verdict(deny, user("bob")) == "denied");
    CHECK(verdict(deny, user("bob"), context) == "allowed");
}

TEST_CASE("what IAM takes in no trust policy and what is not evaluated is refused with its element") {
    struct row {
        const char* name;
        std::string policy;
        const char* words;
    };
    const auto with = [](const std::string& more) {
        return one(R"({"Effect":"Allow","Action":"sts:AssumeRole",)" + more + "}");
    };
    const auto when = [&](const std::string& condition) { return with(R"("Principal":"*","Condition":)" + condition); };
    const row rows[] = {
        {"no JSON", "allow everybody", "not valid JSON"},
        {"no statement", R"({"Version":"2012-10-17"})", "Statement is missing"},
        {"an empty list", R"({"Statement":[]})", "Statement is empty"},
        {"NotPrincipal", with(R"("NotPrincipal":{"AWS":"111122223333"})"), "NotPrincipal"},
        {"NotPrincipal in a Deny",
         one(R"({"Effect":"Deny","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"111122223333"}})"), "NotPrincipal"},
        {"both", with(R"("Principal":"*","NotPrincipal":"*")"), "NotPrincipal"},
        {"no principal", one(R"({"Effect":"Allow","Action":"sts:AssumeRole"})"), "Principal is missing"},
        {"a principal that is a word", with(R"("Principal":"everybody")"), "Principal"},
        {"a principal of no type that is known", with(R"("Principal":{"CanonicalUser":"79a5"})"), "CanonicalUser"},
        {"a principal with a wildcard", with(R"("Principal":{"AWS":"arn:aws:iam::111122223333:user/*"})"),
         "Invalid principal"},
        {"a principal that is a group", with(R"("Principal":{"AWS":"arn:aws:iam::111122223333:group/a"})"),
         "Invalid principal"},
        {"a principal that is no ARN", with(R"("Principal":{"AWS":"bob"})"),
         R"(Invalid principal in policy: "AWS":"bob")"},
        {"a principal of a partition there is none of",
         with(R"("Principal":{"AWS":"arn:moon:iam::111122223333:user/a"})"), "Invalid principal"},
        {"a principal in a region", with(R"("Principal":{"AWS":"arn:aws:iam:us-east-1:111122223333:user/a"})"),
         "Invalid principal"},
        {"a principal of no account", with(R"("Principal":{"AWS":"arn:aws:iam::1:user/a"})"), "Invalid principal"},
        {"a user with a blank", with(R"("Principal":{"AWS":"arn:aws:iam::111122223333:user/a b"})"),
         "Invalid principal"},
        {"a role without a name", with(R"("Principal":{"AWS":"arn:aws:iam::111122223333:role/a/"})"),
         "Invalid principal"},
        {"a session without a role", with(R"("Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/a"})"),
         "Invalid principal"},
        {"a federated user with a blank", with(R"("Principal":{"AWS":"arn:aws:sts::111122223333:federated-user/a b"})"),
         "Invalid principal"},
        {"a service that is a word", with(R"("Principal":{"Service":"ec2"})"),
         R"(Invalid principal in policy: "SERVICE":"ec2")"},
        {"a service that is another's name", with(R"("Principal":{"Service":"ec2.example.com"})"), "Invalid principal"},
        {"a provider that is a word", with(R"("Principal":{"Federated":"foo"})"),
         R"(Invalid principal in policy: "FEDERATED":"foo")"},
        {"a provider that is a role", with(R"("Principal":{"Federated":"arn:aws:iam::111122223333:role/a"})"),
         "Invalid principal"},
        {"a principal of null", with(R"("Principal":{"AWS":null})"), "AWS"},
        {"a resource", with(R"("Principal":"*","Resource":"*")"), "Has prohibited field Resource"},
        {"NotResource", with(R"("Principal":"*","NotResource":"*")"), "Has prohibited field Resource"},
        {"a resource of null", with(R"("Principal":"*","Resource":null)"), "Resource is null"},
        {"a Sid with an underscore", with(R"("Principal":"*","Sid":"a_b")"), "must be alpha-numeric"},
        {"a Sid twice",
         one(R"({"Sid":"a","Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"},)"
             R"({"Sid":"a","Effect":"Deny","Principal":"*","Action":"sts:TagSession"})"),
         "must be unique"},
        {"no action", one(R"({"Effect":"Allow","Principal":"*"})"), "must contain actions"},
        {"an empty list of actions", one(R"({"Effect":"Allow","Principal":"*","Action":[]})"), "must contain actions"},
        {"an action without a service", one(R"({"Effect":"Allow","Principal":"*","Action":"AssumeRole"})"),
         "must be prefaced by a vendor"},
        {"an action of three parts", one(R"({"Effect":"Allow","Principal":"*","Action":"sts:Assume:Role"})"),
         "only one colon"},
        {"both actions",
         one(R"({"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","NotAction":"sts:TagSession"})"),
         "NotAction"},
        {"an effect in lower case", one(R"({"Effect":"allow","Principal":"*","Action":"sts:AssumeRole"})"), "Effect"},
        {"NotAction", one(R"({"Effect":"Allow","Principal":"*","NotAction":"sts:TagSession"})"), "NotAction"},
        {"an action of another service", one(R"({"Effect":"Allow","Principal":"*","Action":"s3:GetObject"})"),
         "may only specify STS"},
        {"an action that STS has not", one(R"({"Effect":"Allow","Principal":"*","Action":"sts:AssumeRol"})"),
         "may only specify STS"},
        {"an unknown element", with(R"("Principal":"*","Conditions":{})"), "unknown field"},
        {"a wrong version", R"({"Version":"2012-10-18","Statement":)" + allow_account + "}", "Version"},
        {"an unknown operator", when(R"({"StringMatches":{"sts:ExternalId":"a"}})"), "StringMatches"},
        {"an operator of another case", when(R"({"stringequals":{"sts:ExternalId":"a"}})"), "stringequals"},
        {"Null with IfExists", when(R"({"NullIfExists":{"sts:ExternalId":"true"}})"), "NullIfExists"},
        {"an unknown key", when(R"({"StringEquals":{"aws:PrincipalOrgID":"o-1"}})"), "aws:PrincipalOrgID"},
        {"a misspelt key", when(R"({"StringEquals":{"sts:ExternalID2":"a"}})"), "sts:ExternalID2"},
        {"a key of many values without a set operator", when(R"({"StringEquals":{"aws:TagKeys":"a"}})"), "ForAnyValue"},
        {"a policy variable", when(R"({"StringEquals":{"sts:RoleSessionName":"${aws:username}"}})"), "variable"},
        {"a number that is none", when(R"({"NumericLessThan":{"aws:MultiFactorAuthAge":"ten"}})"), "not a number"},
        {"a date that is none", when(R"({"DateLessThan":{"aws:CurrentTime":"tomorrow"}})"), "legacy parsing"},
        {"a date that is cut off", when(R"({"DateLessThan":{"aws:CurrentTime":"2026-01"}})"), "not a date"},
        {"a binary value", when(R"({"BinaryEquals":{"sts:ExternalId":"YQ=="}})"), "BinaryEquals"},
        {"an address that is none", when(R"({"IpAddress":{"aws:SourceIp":"203.0.113.0/33"}})"), "not an address"},
        {"an ARN that is none", when(R"({"ArnLike":{"aws:PrincipalArn":"*"}})"), "not an ARN"},
        {"a boolean that is none", when(R"({"Bool":{"aws:SecureTransport":"yes"}})"), "neither true nor false"},
        {"no value", when(R"({"StringEquals":{"sts:ExternalId":[]}})"), "no value"},
        {"too long", one(allow_account) + std::string(longest_trust_policy, ' '), "longer than 4096"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto parsed = parse_trust_policy(r.policy);
        REQUIRE_FALSE(parsed.has_value());
        CAPTURE(parsed.error().text());
        CHECK(parsed.error().text().find(r.words) != std::string::npos);
    }
    const auto longest = one(allow_account);
    CHECK(parse_trust_policy(longest + std::string(longest_trust_policy - longest.size(), ' ')).has_value());
}

TEST_CASE("a provider is trusted by its ARN") {
    const auto policy = *parse_trust_policy(one(
        R"({"Effect":"Allow","Principal":{"Federated":["arn:aws:iam::111122223333:oidc-provider/a.b"]},"Action":"sts:AssumeRoleWithWebIdentity"})"));
    CHECK(decide_for_provider(policy, "sts:AssumeRoleWithWebIdentity", "arn:aws:iam::111122223333:oidc-provider/a.b",
                              {}) == trust_verdict::allowed);
    CHECK(decide_for_provider(policy, "sts:AssumeRoleWithWebIdentity", "arn:aws:iam::111122223333:oidc-provider/a.c",
                              {}) == trust_verdict::not_allowed);
}
