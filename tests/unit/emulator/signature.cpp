#include "emulator/signature.hpp"

#include "signing.hpp"
#include "source_tree.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>

using namespace hourkey;
using namespace hourkey::emulator;
using namespace hourkey::emulator::test;

namespace {

nlohmann::json vectors() {
    std::ifstream in(hourkey::test::vectors_folder() + "/sts_vectors.json");
    return nlohmann::json::parse(in).at("cases");
}

message as_message(const nlohmann::json& c) {
    message m;
    m.body = c.at("body");
    m.headers = {{"Host", c.at("host")},
                 {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                 {"X-Amz-Date", c.at("date")}};
    for (const auto& extra : c.at("extra_headers")) m.headers.emplace_back(extra.at(0), extra.at(1));
    if (!c.at("token").is_null()) m.headers.emplace_back("X-Amz-Security-Token", c.at("token"));
    m.headers.emplace_back("Authorization", c.at("authorization"));
    return m;
}

std::string code_of(const message& m) {
    const auto query = form::parse(m.view().query);
    REQUIRE(query.has_value());
    const auto claim = read_signature(m.view(), *query);
    if (!claim) return std::string(claim.error().code);
    const auto checked = check_signature(*claim, signing_key(user_secret, claim->scope_date, claim->region));
    return checked ? "ok" : std::string(checked.error().code);
}

fixed_clock now;

}  // namespace

TEST_CASE("every request that botocore signed is accepted, and refused after any change of its secret") {
    const auto cases = vectors();
    REQUIRE(cases.size() == 74);
    for (const auto& c : cases) {
        CAPTURE(c.at("name").get<std::string>());
        const auto m = as_message(c);
        const auto claim = read_signature(m.view(), {});
        REQUIRE(claim.has_value());
        CHECK(claim->string_to_sign == c.at("string_to_sign").get<std::string>());
        CHECK(claim->access_key == c.at("access_key").get<std::string>());
        auto secret_key = c.at("secret_key").get<std::string>();
        const auto key = signing_key(secret_key, claim->scope_date, claim->region);
        CHECK(to_hex({reinterpret_cast<const unsigned char*>(key.data()), key.size()}) ==
              c.at("signing_key").get<std::string>());
        CHECK(check_signature(*claim, key).has_value());
        secret_key.back() = static_cast<char>(secret_key.back() ^ 1);
        CHECK_FALSE(check_signature(*claim, signing_key(secret_key, claim->scope_date, claim->region)).has_value());
    }
}

TEST_CASE("a signature covers the method, the body and every signed header") {
    const auto good = signed_post(identity_parameters, now.at);
    REQUIRE(code_of(good) == "ok");
    struct row {
        const char* name;
        void (*change)(message&);
        const char* code;
    };
    const row rows[] = {
        {"body", [](message& m) { m.body += "&x=y"; }, "SignatureDoesNotMatch"},
        {"method", [](message& m) { m.method = "PUT"; }, "SignatureDoesNotMatch"},
        {"query", [](message& m) { m.target = "/?x=y"; }, "SignatureDoesNotMatch"},
        {"host", [](message& m) { m.headers[0].second = "other.example.com"; }, "SignatureDoesNotMatch"},
        {"content type", [](message& m) { m.headers[1].second = "text/plain"; }, "SignatureDoesNotMatch"},
        {"second host", [](message& m) { m.headers.emplace_back("host", "other.example.com"); },
         "SignatureDoesNotMatch"},
        {"a signed header is gone", [](message& m) { m.headers.erase(m.headers.begin() + 1); }, "IncompleteSignature"},
        {"date moved within its day", [](message& m) { m.headers[2].second = "20260102T030406Z"; },
         "SignatureDoesNotMatch"},
        {"date moved to another day", [](message& m) { m.headers[2].second = "20260103T030405Z"; },
         "SignatureDoesNotMatch"},
        {"unsigned x-amz header", [](message& m) { m.headers.emplace_back("X-Amz-Security-Token", "t"); },
         "SignatureDoesNotMatch"},
        {"white space around a value is no change",
         [](message& m) { m.headers[0].second = " sts.us-east-1.amazonaws.com\t"; }, "ok"},
        {"an unsigned header is no change", [](message& m) { m.headers.emplace_back("User-Agent", "x"); }, "ok"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        auto m = good;
        r.change(m);
        CHECK(code_of(m) == r.code);
    }
}

TEST_CASE("a malformed Authorization is told from a missing and a wrong one") {
    struct row {
        const char* name;
        const char* authorization;
        const char* code;
    };
    const row rows[] = {
        {"another algorithm", "Basic dXNlcjpwYXNz", "IncompleteSignature"},
        {"no credential", "AWS4-HMAC-SHA256 SignedHeaders=host;x-amz-date, Signature=00", "IncompleteSignature"},
        {"no signed headers", "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/sts/aws4_request, Signature=00",
         "IncompleteSignature"},
        {"no signature",
         "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date",
         "IncompleteSignature"},
        {"short scope", "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1, SignedHeaders=host;x-amz-date, Signature=00",
         "IncompleteSignature"},
        {"another service",
         "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, "
         "Signature=00",
         "SignatureDoesNotMatch"},
        {"another terminator",
         "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/sts/aws5_request, SignedHeaders=host;x-amz-date, "
         "Signature=00",
         "SignatureDoesNotMatch"},
        {"no region",
         "AWS4-HMAC-SHA256 Credential=A/20260102//sts/aws4_request, SignedHeaders=host;x-amz-date, Signature=00",
         "SignatureDoesNotMatch"},
        {"host not signed",
         "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/sts/aws4_request, SignedHeaders=x-amz-date, Signature=00",
         "SignatureDoesNotMatch"},
        {"unsorted headers",
         "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/sts/aws4_request, SignedHeaders=x-amz-date;host, "
         "Signature=00",
         "SignatureDoesNotMatch"},
        {"empty signature value",
         "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, Signature=",
         "IncompleteSignature"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        message m;
        m.headers = {{"Host", "h"}, {"X-Amz-Date", "20260102T030405Z"}, {"Authorization", r.authorization}};
        CHECK(code_of(m) == r.code);
    }
    message none;
    none.headers = {{"Host", "h"}};
    CHECK(code_of(none) == "MissingAuthenticationToken");
    auto dateless = signed_post(identity_parameters, now.at);
    dateless.headers.erase(dateless.headers.begin() + 2);
    CHECK(code_of(dateless) == "IncompleteSignature");
}

TEST_CASE("a presigned query is accepted as it stands and refused after a change") {
    message m;
    m.method = "GET";
    m.headers = {{"Host", "sts.us-east-1.amazonaws.com"}};
    const std::vector<aws::header_view> covered(m.headers.begin(), m.headers.end());
    const auto made = aws::sign_query({"GET", "/?Action=GetCallerIdentity&Version=2011-06-15&a-b=2&a=1", covered},
                                      key_pair{}.for_signing(), {"us-east-1", "sts", now.at}, 60s);
    m.target = made.target;
    CHECK(code_of(m) == "ok");
    auto other_query = m;
    other_query.target += "&RoleArn=x";
    CHECK(code_of(other_query) == "SignatureDoesNotMatch");
    auto other_host = m;
    other_host.headers[0].second = "other.example.com";
    CHECK(code_of(other_host) == "SignatureDoesNotMatch");
}

TEST_CASE("the date window is fifteen minutes either way, to the second") {
    struct row {
        const char* name;
        std::chrono::seconds signed_at;
        bool good;
    };
    const row rows[] = {{"now", 0s, true},
                        {"15 min ago", -15min, true},
                        {"15 min 1 s ago", -15min - 1s, false},
                        {"in 15 min", 15min, true},
                        {"in 15 min 1 s", 15min + 1s, false}};
    for (const auto& r : rows) {
        CAPTURE(r.name);
        signature_claim claim;
        claim.amz_date = to_amz_date(now.at + r.signed_at);
        const auto checked = check_date(claim, now.at);
        CHECK(checked.has_value() == r.good);
        if (checked) continue;
        CHECK(checked.error().code == "SignatureDoesNotMatch");
        CHECK(checked.error().message.starts_with(r.signed_at < 0s ? "Signature expired: "
                                                                   : "Signature not yet current: "));
    }
    signature_claim garbled;
    garbled.amz_date = "yesterday";
    CHECK(check_date(garbled, now.at).error().code == "IncompleteSignature");
}
