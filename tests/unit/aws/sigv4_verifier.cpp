#include "aws/sigv4_verifier.hpp"

#include "aws/sigv4.hpp"
#include "aws/sts_signer.hpp"
#include "core/time_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace hourkey;
using aws::signature_outcome;
using enum aws::signature_outcome;

namespace {

const wall_time now = parse_amz_date("20260102T030405Z").value();
constexpr std::string_view host = "127.0.0.1:8443";

struct sent {
    std::string method = "POST", target = "/", body = "Action=GetCallerIdentity&Version=2011-06-15";
    std::vector<std::pair<std::string, std::string>> headers;

    void set(std::string_view name, std::string value) {
        erase(name);
        headers.emplace_back(name, std::move(value));
    }
    void erase(std::string_view name) {
        std::erase_if(headers, [&](const auto& h) { return h.first == name; });
    }
    std::string& get(std::string_view name) {
        return std::ranges::find(headers, name, [](const auto& h) { return h.first; })->second;
    }
};

/// Two keys are known: a user's and a session's.
struct known_keys {
    aws::credentials user{"AKIDUSER", secret("user-secret"), {}, {}};
    aws::credentials session{"ASIASESSION", secret("session-secret"), secret("session-token"),
                             now + std::chrono::hours(1)};
    aws::key_lookup lookup() const {
        return [this](std::string_view id) {
            return id == user.access_key_id ? &user : id == session.access_key_id ? &session : nullptr;
        };
    }
};

sent signed_with(const aws::credentials& keys, wall_time at = now, std::string region = "us-east-1") {
    sent out;
    aws::sts_signer signer(std::move(region), std::string(host));
    const auto fields = signer.sign(keys, out.body, at);
    out.headers = {{"Host", std::string(host)},
                   {"Content-Type", std::string(aws::sts_content_type)},
                   {"X-Amz-Date", fields.amz_date},
                   {"Authorization", fields.authorization},
                   {"User-Agent", "x"}};
    if (keys.is_temporary()) out.set("X-Amz-Security-Token", std::string(keys.session_token.expose()));
    return out;
}

aws::verification verify(const sent& what, const known_keys& keys, std::string_view region = "us-east-1",
                         wall_time at = now) {
    std::vector<aws::header_view> headers;
    for (const auto& [name, value] : what.headers) headers.emplace_back(name, value);
    return aws::verify_signature({what.method, what.target, headers, what.body}, {region, "sts"}, keys.lookup(), at);
}

}  // namespace

TEST_CASE("what the signer signed is valid, for a user and for a session") {
    const known_keys keys;
    const auto user = verify(signed_with(keys.user), keys);
    CHECK(user.outcome == valid);
    CHECK(user.access_key_id == "AKIDUSER");
    CHECK(user.region == "us-east-1");
    CHECK(verify(signed_with(keys.session), keys).outcome == valid);
    CHECK(verify(signed_with(keys.user, now, "eu-west-1"), keys, "").outcome == valid);
}

TEST_CASE("a GET with a path, a query and repeated headers is valid in any spelling of the same request") {
    const known_keys keys;
    sent out;
    out.method = "GET";
    out.target = "/a/../b?z=1&a=%20x";
    out.body.clear();
    out.headers = {{"Host", std::string(host)}, {"My-Header", "a  b"}, {"My-Header", "c"}};
    std::vector<aws::header_view> headers;
    for (const auto& [name, value] : out.headers) headers.emplace_back(name, value);
    const auto s = aws::sign_header({out.method, out.target, headers}, keys.user, {"us-east-1", "sts", now});
    out.set("X-Amz-Date", s.amz_date);
    out.set("Authorization", s.authorization);
    CHECK(verify(out, keys).outcome == valid);
    out.target = "/b?a=%20x&z=1";
    CHECK(verify(out, keys).outcome == valid);
    out.target = "/c?a=%20x&z=1";
    CHECK(verify(out, keys).outcome == mismatch);
}

TEST_CASE("each fault of a signature has its outcome") {
    struct row {
        const char* name;
        void (*spoil)(sent&);
        signature_outcome outcome;
    };
    static const auto replace = [](std::string& in, std::string_view from, std::string_view to) {
        in.replace(in.find(from), from.size(), to);
    };
    const row rows[] = {
        {"no Authorization", [](sent& s) { s.erase("Authorization"); }, missing_authentication},
        {"two Authorizations", [](sent& s) { s.headers.emplace_back("authorization", s.get("Authorization")); },
         missing_authentication},
        {"another scheme", [](sent& s) { s.set("Authorization", "Bearer x"); }, missing_authentication},
        {"another algorithm", [](sent& s) { replace(s.get("Authorization"), "SHA256 ", "SHA256X "); }, incomplete},
        {"algorithm alone", [](sent& s) { s.set("Authorization", "AWS4-HMAC-SHA256"); }, incomplete},
        {"no Credential",
         [](sent& s) {
             replace(s.get("Authorization"), "Credential=AKIDUSER/20260102/us-east-1/sts/aws4_request, ", "");
         },
         incomplete},
        {"no SignedHeaders",
         [](sent& s) { replace(s.get("Authorization"), "SignedHeaders=content-type;host;x-amz-date, ", ""); },
         incomplete},
        {"no Signature",
         [](sent& s) {
             auto& a = s.get("Authorization");
             a.resize(a.find(", Signature="));
         },
         incomplete},
        {"Signature twice", [](sent& s) { s.get("Authorization") += ", Signature=00"; }, incomplete},
        {"unknown parameter", [](sent& s) { s.get("Authorization") += ", Other=00"; }, incomplete},
        {"short signature", [](sent& s) { s.get("Authorization").pop_back(); }, incomplete},
        {"signature not in hex",
         [](sent& s) {
             auto& a = s.get("Authorization");
             a.back() = 'G';
         },
         incomplete},
        {"scope too short", [](sent& s) { replace(s.get("Authorization"), "/sts", ""); }, incomplete},
        {"scope too long", [](sent& s) { replace(s.get("Authorization"), "/sts", "/sts/x"); }, incomplete},
        {"wrong terminator", [](sent& s) { replace(s.get("Authorization"), "aws4_request", "aws5_request"); },
         incomplete},
        {"empty key id", [](sent& s) { replace(s.get("Authorization"), "AKIDUSER", ""); }, incomplete},
        {"header too long", [](sent& s) { s.get("Authorization") += std::string(5000, ' ') + "x"; }, incomplete},
        {"host not signed", [](sent& s) { replace(s.get("Authorization"), "host;", ""); }, incomplete},
        {"date not signed", [](sent& s) { replace(s.get("Authorization"), ";x-amz-date", ""); }, incomplete},
        {"no host", [](sent& s) { s.erase("Host"); }, incomplete},
        {"two hosts", [](sent& s) { s.headers.emplace_back("host", "other"); }, incomplete},
        {"no date", [](sent& s) { s.erase("X-Amz-Date"); }, incomplete},
        {"garbled date", [](sent& s) { s.set("X-Amz-Date", "2026-01-02"); }, incomplete},
        {"signed names unsorted",
         [](sent& s) { replace(s.get("Authorization"), "content-type;host", "host;content-type"); }, incomplete},
        {"signed names in capitals", [](sent& s) { replace(s.get("Authorization"), "host", "Host"); }, incomplete},
        {"signed name twice", [](sent& s) { replace(s.get("Authorization"), "host", "host;host"); }, incomplete},
        {"signed field absent", [](sent& s) { s.erase("Content-Type"); }, incomplete},
        {"unknown key id", [](sent& s) { replace(s.get("Authorization"), "AKIDUSER", "AKIDOTHER"); }, unknown_key},
        {"token of nobody", [](sent& s) { s.headers.emplace_back("X-Amz-Security-Token", "t"); }, mismatch},
        {"another signature",
         [](sent& s) {
             auto& c = s.get("Authorization").back();
             c = c == '0' ? '1' : '0';
         },
         mismatch},
        {"body changed", [](sent& s) { s.body += "&X=1"; }, mismatch},
        {"method changed", [](sent& s) { s.method = "PUT"; }, mismatch},
        {"query added", [](sent& s) { s.target = "/?a=1"; }, mismatch},
        {"host changed", [](sent& s) { s.set("Host", "evil"); }, mismatch},
        {"content type changed", [](sent& s) { s.set("Content-Type", "text/plain"); }, mismatch},
        {"date changed", [](sent& s) { s.set("X-Amz-Date", "20260102T030406Z"); }, mismatch},
        {"date of another day than the scope", [](sent& s) { s.set("X-Amz-Date", "20260103T030405Z"); }, mismatch},
        {"region changed", [](sent& s) { replace(s.get("Authorization"), "us-east-1", "eu-west-1"); }, mismatch},
        {"service changed", [](sent& s) { replace(s.get("Authorization"), "/sts/", "/iam/"); }, mismatch},
        {"unsigned x-amz field", [](sent& s) { s.headers.emplace_back("X-Amz-Extra", "1"); }, mismatch},
    };
    const known_keys keys;
    for (const auto& r : rows) {
        CAPTURE(r.name);
        auto s = signed_with(keys.user);
        r.spoil(s);
        const auto out = verify(s, keys);
        CHECK(out.outcome == r.outcome);
        CHECK_FALSE(out.message.empty());
        CHECK(out.message.find("user-secret") == std::string::npos);
    }
}

TEST_CASE("an unsigned field that AWS does not require changes nothing") {
    const known_keys keys;
    auto s = signed_with(keys.user);
    s.set("User-Agent", "another");
    s.set("Accept", "*/*");
    CHECK(verify(s, keys).outcome == valid);
}

TEST_CASE("the window is fifteen minutes to either side, its ends included") {
    const known_keys keys;
    using namespace std::chrono_literals;
    CHECK(verify(signed_with(keys.user, now - 15min), keys).outcome == valid);
    CHECK(verify(signed_with(keys.user, now + 15min), keys).outcome == valid);
    const auto late = verify(signed_with(keys.user, now - 15min - 1s), keys);
    CHECK(late.outcome == expired);
    CHECK(late.message ==
          "Signature expired: 20260102T024904Z is now earlier than 20260102T024905Z (20260102T030405Z - 15 min.)");
    const auto early = verify(signed_with(keys.user, now + 15min + 1s), keys);
    CHECK(early.outcome == not_yet_current);
    CHECK(early.message ==
          "Signature not yet current: 20260102T031906Z is still later than 20260102T031905Z (20260102T030405Z + 15 "
          "min.)");
}

TEST_CASE("a session's key needs its own token, signed, and time left") {
    const known_keys keys;
    auto other = keys.session.clone();
    other.session_token = secret("another-token");
    CHECK(verify(signed_with(other), keys).outcome == unknown_key);
    other.session_token = secret();
    CHECK(verify(signed_with(other), keys).outcome == unknown_key);
    auto stolen = keys.user.clone();
    stolen.session_token = secret("session-token");
    CHECK(verify(signed_with(stolen), keys).outcome == unknown_key);
    auto wrong = keys.session.clone();
    wrong.secret_access_key = secret("wrong");
    CHECK(verify(signed_with(wrong), keys).outcome == mismatch);
    CHECK(verify(signed_with(keys.session, now + std::chrono::hours(1)), keys, "us-east-1", now + std::chrono::hours(1))
              .outcome == expired_credentials);
}

TEST_CASE("outcomes carry the code and status of STS") {
    struct row {
        signature_outcome outcome;
        std::string_view code;
        int status;
    };
    for (const auto& r :
         {row{valid, "", 200}, row{missing_authentication, "MissingAuthenticationToken", 403},
          row{incomplete, "IncompleteSignature", 400}, row{unknown_key, "InvalidClientTokenId", 403},
          row{mismatch, "SignatureDoesNotMatch", 403}, row{expired, "SignatureDoesNotMatch", 403},
          row{not_yet_current, "SignatureDoesNotMatch", 403}, row{expired_credentials, "ExpiredToken", 403}}) {
        CHECK(aws::describe(r.outcome).code == r.code);
        CHECK(aws::describe(r.outcome).http_status == r.status);
    }
}
