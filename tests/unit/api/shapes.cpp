#include "api/app.hpp"
#include "api/audit.hpp"
#include "api/aws_variables.hpp"
#include "api/connection.hpp"
#include "api/control.hpp"
#include "api/credentials.hpp"
#include "api/error.hpp"
#include "api/forms.hpp"
#include "api/grant.hpp"
#include "api/health.hpp"
#include "api/nothing.hpp"
#include "api/page.hpp"
#include "api/resolve.hpp"
#include "api/secret_access.hpp"
#include "api/tenant.hpp"
#include "api/token.hpp"
#include "api/vault.hpp"
#include "api/verification.hpp"
#include "api/whoami.hpp"
#include "core/name.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

using namespace hourkey;

namespace {

template <class T>
failure error_of(std::string_view body) {
    const auto got = api::read<T>(body);
    REQUIRE_FALSE(got.has_value());
    return got.error();
}

template <class T>
std::string told(const std::string& body) {
    return std::string(error_of<T>(body).text());
}

/// Read, and written again: the same bytes.
template <class T>
void check_round_trip(std::string_view text) {
    CAPTURE(text);
    const auto got = api::read<T>(text);
    REQUIRE_MESSAGE(got.has_value(), std::string(got ? "" : got.error().text()));
    CHECK(api::to_json(*got) == text);
}

constexpr std::string_view record =
    R"({"seq":2,"time":"2026-11-22T05:46:17Z","action":"grant.put","outcome":"changed","reason":"why","app":"web",)"
    R"("connection":"prod","target":"connections/prod/grants/web","before":{"app":"web","connection":"prod"},)"
    R"("after":{"app":"web","connection":"prod","max_duration_seconds":1800,"created_at":"2026-11-22T05:46:17Z"},)"
    R"("count":3,"actor":"token","actor_role":"admin","token_id":"01M80WMZNNVRPJ442VPV2RFWG1","client_address":"127.0.0.1",)"
    R"("request_id":"01M80WMZTQEDZBETBRRKBACH7V"})";

}  // namespace

TEST_CASE("What is read is written again byte for byte") {
    check_round_trip<api::tenant>(
        R"({"name":"acme","id":"01M80WMZSB4XWCHKJWYQ9D45S3","created_at":"2026-11-22T05:46:17Z","revision":1})");
    check_round_trip<api::tenant_request>(R"({"name":"acme"})");
    check_round_trip<api::app>(R"({"name":"web","created_at":"2026-11-22T05:46:17Z","revision":7})");
    check_round_trip<api::page<api::app>>(
        R"({"items":[{"name":"web","created_at":"2026-11-22T05:46:17Z","revision":7}],"cursor":"web"})");
    check_round_trip<api::page<api::app>>(R"({"items":[]})");
    check_round_trip<api::nothing>("{}");
    check_round_trip<api::resolve_request>(
        R"({"refs":["secrets:a","secrets:b.region"],"context":{"stage":"prod"},"partial":true})");
    check_round_trip<api::resolved>(
        R"({"values":{"secrets:a":{"accessKeyId":"ASIA","secretAccessKey":"s","sessionToken":"t",)"
        R"("expiration":"2026-11-22T05:46:17Z","region":"eu-west-1","accountId":"444455556666"},)"
        R"("secrets:a.region":"eu-west-1"},)"
        R"("errors":{"secrets:b":{"code":"app_not_allowed","message":"m","hint":"h","retryable":false}}})");
    check_round_trip<api::resolve_error>(
        R"({"code":"app_not_allowed","message":"m","hint":"h","retryable":false,"request_id":"01M80WMZTQEDZBETBRRKBACH7V",)"
        R"("errors":{"secrets:b":{"code":"app_not_allowed","message":"m","hint":"h","retryable":false}}})");
    check_round_trip<api::secret_access>(R"({"secretName":"a","appName":"web","serviceName":"s","stageName":"dev"})");
    check_round_trip<api::accessed_secret>(
        R"({"secretValue":{"accessKeyId":"ASIA","secretAccessKey":"s","sessionToken":"t"}})");
    check_round_trip<api::aws_variables>(
        R"({"AWS_ACCESS_KEY_ID":"ASIA","AWS_SECRET_ACCESS_KEY":"s","AWS_SESSION_TOKEN":"t",)"
        R"("AWS_CREDENTIAL_EXPIRATION":"2026-11-22T05:46:17Z","AWS_REGION":"eu-west-1","AWS_DEFAULT_REGION":"eu-west-1"})");
    check_round_trip<api::vault_error>(
        R"({"errors":["permission denied"],"code":"app_not_allowed","message":"m","hint":"h","retryable":false,)"
        R"("request_id":"01M80WMZTQEDZBETBRRKBACH7V"})");
    check_round_trip<api::vault_answer<api::vault_credentials>>(
        R"({"request_id":"r","lease_id":"aws/sts/a/r","renewable":false,"lease_duration":3599,"data":{"access_key":"ASIA",)"
        R"("secret_key":"s","security_token":"t","session_token":"t","arn":"a","ttl":3599},"warnings":["w"],)"
        R"("mount_type":"aws"})");
    check_round_trip<api::connection>(
        R"({"name":"prod","kind":"role","state":"active","role_arn":"arn:aws:iam::444455556666:role/deploy",)"
        R"("account_id":"444455556666","region":"eu-west-1","default_region":"eu-west-3","external_id":"hk-679a9661fa430fabc601250816e9478e",)"
        R"("principal_arn":"","trust_policy":"{}","created_at":"2026-11-22T05:46:18Z",)"
        R"("verified_at":"2026-11-22T05:46:19Z","revision":2})");
    check_round_trip<api::connection_request>(
        R"({"kind":"role","role_arn":"arn:aws:iam::444455556666:role/deploy","region":"eu-west-1",)"
        R"("default_region":"eu-west-3"})");
    check_round_trip<api::verification>(
        R"({"state":"pending","steps":[{"id":"assume_role","state":"fail","cause":"c","fix":"f"}]})");
    check_round_trip<api::grant>(
        R"({"app":"*","connection":"prod","max_duration_seconds":1800,"expires_at":"2026-11-22T05:46:18Z",)"
        R"("reason":"release job","created_at":"2026-11-22T05:46:18Z","revision":1})");
    check_round_trip<api::grant_request>(R"({"max_duration_seconds":900,"reason":""})");
    check_round_trip<api::token>(
        R"({"id":"01M80WMZTQ80AW5D6VGHWXBW9Q","role":"app","app":"web","created_at":"2026-11-22T05:46:18Z",)"
        R"("expires_at":"2026-11-23T05:46:18Z","last_used_at":"2026-11-22T05:50:18Z"})");
    check_round_trip<api::token_request>(R"({"role":"app","app":"web","stage":"prod","expires_in_seconds":60})");
    check_round_trip<api::issued_token>(
        R"({"id":"01M80WMZTQ80AW5D6VGHWXBW9Q","token":"hk_admin_x","role":"admin","expires_at":"2026-11-23T05:46:18Z"})");
    check_round_trip<api::whoami>(R"({"role":"operator","token_id":"01M80WMZNNVRPJ442VPV2RFWG1"})");
    check_round_trip<api::credentials>(
        R"({"Version":1,"AccessKeyId":"ASIAEKWVBXG2LBKZYK2U","SecretAccessKey":"s","SessionToken":"t","Token":"t",)"
        R"("Expiration":"2026-11-22T06:46:19Z","AccountId":"444455556666",)"
        R"("RoleArn":"arn:aws:iam::444455556666:role/deploy"})");
    check_round_trip<api::credentials_request>(R"({"duration_seconds":900,"min_ttl_seconds":0,"stage":"prod"})");
    check_round_trip<api::error>(
        R"({"code":"trust_refused","message":"m","Code":"trust_refused","Message":"m","hint":"h","retryable":false,)"
        R"("request_id":"01M80WN13JKMAGAWJCZC09E4XQ","aws":{"code":"AccessDenied","request_id":"1e88","region":""}})");
    check_round_trip<api::readiness>(
        R"({"status":"ready","checks":{"store_writable":true,"audit_writable":true,"base_credentials_valid":false},)"
        R"("store":{"integrity":"sound","unproven":""}})");
    check_round_trip<api::audit_record>(record);
    check_round_trip<api::local_token_request>(R"({"tenant":"acme","role":"admin"})");
    check_round_trip<api::key_changed>(R"({"id":255})");
    check_round_trip<api::copy_begun>(R"({"id":1})");
    check_round_trip<api::copy_progress>(R"({"state":"ready","file":"/x"})");
}

TEST_CASE("Of a client's body each fault is told by its field, with the fix") {
    struct row {
        std::string name, body, message, fix;
    };
    for (const auto& r : {
             row{"unknown", R"({"role":"app","ap":"web"})", "ap is an unknown field",
                 "Known fields: role, app, stage, expires_in_seconds."},
             row{"missing", "{}", "role is missing", "Add the field role."},
             row{"no bytes", "", "role is missing", "Add the field role."},
             row{"another type", R"({"role":1})", "role must be a string", "Write it in double quotes."},
             row{"not of the list", R"({"role":"root"})", "role is none of those that there are",
                 "Use operator, admin, app or auditor."},
             row{"below", R"({"role":"app","expires_in_seconds":59})",
                 "expires_in_seconds must be a whole number from 60 to 31622400",
                 "Write it without quotes, fraction or exponent."},
             row{"no name", R"({"role":"app","app":"Web"})", "app is not a valid name", not_a_name("app").hint},
         }) {
        CAPTURE(r.name);
        const auto why = error_of<api::token_request>(r.body);
        CHECK(why.code == errc::invalid_request);
        CHECK(why.text() == r.message);
        CHECK(why.hint == r.fix);
    }
}

TEST_CASE("The first fault is the one that is told") {
    CHECK(told<api::token_request>(R"({"role":1,"app":2,"x":3})") == "role must be a string");
}

TEST_CASE("An external id is taken from nobody") {
    CHECK(told<api::connection_request>(R"({"external_id":"hk-1"})") == "external_id may not be set");
}

TEST_CASE("A time that is none, and a reason that is too long, are refused") {
    CHECK(told<api::grant_request>(R"({"expires_at":"tomorrow"})") == "expires_at is not an RFC 3339 time");
    const auto with_reason = [](std::size_t bytes) { return R"({"reason":")" + std::string(bytes, 'x') + "\"}"; };
    CHECK(api::read<api::grant_request>(with_reason(256)).has_value());
    CHECK(told<api::grant_request>(with_reason(257)) == "reason is longer than 256 bytes");
}

TEST_CASE("Of a newer server's answer what is not known is passed over") {
    const auto got = api::read<api::verification>(
        R"({"state":"quarantined","since":1,"steps":[{"id":"new","state":"odd","cause":"","fix":"","more":{}}]})");
    REQUIRE(got.has_value());
    CHECK(got->state == "quarantined");
    CHECK(got->steps.at(0).id == "new");
    CHECK(told<api::verification>(R"({"state":"active"})") == "steps is missing");
    CHECK(told<api::verification>(R"({"state":"active","steps":[{"id":"a"}]})") == "steps[0].state is missing");
}

TEST_CASE("The longest page of the audit can be read, and a client's body cannot be so large") {
    std::string page = R"({"records":[)";
    for (int i = 0; i < api::longest_page; ++i) page.append(i == 0 ? "" : ",").append(record);
    const auto got = api::read<api::audit_page>(page + "]}");
    REQUIRE(got.has_value());
    CHECK(got->records.size() == api::longest_page);
    std::string many = R"({"x":[0)";
    for (int i = 0; i < 2000; ++i) many += ",0";
    CHECK(error_of<api::nothing>(many + "]}").text().find("too many values") != std::string_view::npos);
}

TEST_CASE("A schema says of a type what its description says") {
    json::writer w;
    api::schema_of<api::grant_request>.write(w);
    CHECK(nlohmann::json::parse(w.text()) == nlohmann::json::parse(R"({
        "type":"object","description":"What a grant is to be; what is left out is gone.","additionalProperties":false,
        "properties":{
          "max_duration_seconds":{"type":"integer","minimum":900,"maximum":43200,
            "description":"The longest that a vend may ask for; absent: the server's default, an hour."},
          "expires_at":{"type":"string","format":"date-time","description":"When it ends; in the future when it is given."},
          "reason":{"type":"string","maxLength":256,"description":"Why it was given."}}})"));

    json::writer nested;
    api::schema_of<api::verification>.write(nested);
    const auto schema = nlohmann::json::parse(nested.text());
    CHECK(schema["required"] == nlohmann::json({"state", "steps"}));
    CHECK(schema["properties"]["steps"]["items"]["$ref"] == "#/components/schemas/VerificationStep");
    CHECK_FALSE(schema.contains("additionalProperties"));
}

TEST_CASE("Kinds, regions and roles are checked as the server means them") {
    CHECK(api::check_kind("kind", "role").has_value());
    CHECK_FALSE(api::check_kind("kind", "static_key").has_value());
    CHECK(api::check_region("region", "eu-west-1").has_value());
    CHECK_FALSE(api::check_region("region", "europe").has_value());
    CHECK_FALSE(api::check_role_arn("role_arn", "arn:aws:iam::444455556666:user/deploy").has_value());
}

TEST_CASE("A list of texts has a most, and each is text") {
    std::string many = R"({"refs":["secrets:a")";
    for (std::size_t i = 1; i < api::most_references; ++i) many += R"(,"secrets:a")";
    CHECK(api::read<api::resolve_request>(many + "]}").has_value());
    CHECK(told<api::resolve_request>(many + R"(,"secrets:a"]})") == "refs has more than 200 entries");
    CHECK(told<api::resolve_request>(R"({"refs":[1]})").starts_with("refs"));
    CHECK(told<api::resolve_request>("{}") == "refs is missing");
}

TEST_CASE("What Vault's clients send as a number is read as they mean it") {
    const auto number = api::read_vault_request(R"({"ttl":900,"name":"prod"})");
    REQUIRE(number.has_value());
    CHECK(number->ttl == "900");
    CHECK(number->name == "prod");
    CHECK(api::read_vault_request(R"({"ttl":"15m","role_arn":"r","role_session_name":"s"})")->ttl == "15m");
    CHECK(api::read_vault_request("")->ttl == std::nullopt);
    CHECK(api::read_vault_request("{}").has_value());
    for (const std::string wrong : {R"({"ttl":[1,2]})", R"({"ttl":{}})", R"({"name":1})", R"({"unknown":1})", "[]"}) {
        CAPTURE(wrong);
        CHECK(api::read_vault_request(wrong).error().code == errc::invalid_request);
    }
}
