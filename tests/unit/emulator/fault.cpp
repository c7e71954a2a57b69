#include "emulator/fault.hpp"

#include "live_emulator.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <set>

using namespace hourkey;
using namespace hourkey::emulator;
using namespace hourkey::emulator::test;

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Head and body of the answer, which must have come whole over a connection that went on.
std::string whole_answer(live_emulator& live, fault f) {
    bool was_kept = false;
    const auto got = live.struck_by(f);
    auto bytes = first_answer(got, was_kept);
    CHECK(was_kept);
    CHECK(field(bytes, "Content-Length") == std::to_string(body_of(bytes).size()));
    return bytes;
}

const std::string good_token_start = "IQoJb3JpZ2luX2VjE//";

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++n;
    return n;
}

/// Without namespace prefixes, CDATA marks, comments and character references: what a good reader sees.
std::string plain_value(const std::string& xml, const std::string& name) {
    const auto raw = element(xml, name);
    if (raw.starts_with("<![CDATA[")) return between(raw, "<![CDATA[", "]]>");
    if (!raw.starts_with("&#x")) return raw;
    std::string out;
    for (std::size_t at = 0; at < raw.size(); at += 6)
        out += static_cast<char>(std::stoi(raw.substr(at + 3, 2), nullptr, 16));
    return out;
}

}  // namespace

TEST_CASE("an error fault answers with the table's status and code, before the request is judged") {
    struct row {
        fault f;
        const char* status;
        const char* code;
    };
    const row rows[] = {
        {fault::access_denied, "403 Forbidden", "AccessDenied"},
        {fault::signature_mismatch, "403 Forbidden", "SignatureDoesNotMatch"},
        {fault::opt_in_required, "403 Forbidden", "OptInRequired"},
        {fault::region_disabled, "403 Forbidden", "RegionDisabledException"},
        {fault::malformed_policy, "400 Bad Request", "MalformedPolicyDocument"},
        {fault::packed_policy, "400 Bad Request", "PackedPolicyTooLarge"},
        {fault::validation, "400 Bad Request", "ValidationError"},
        {fault::request_expired, "400 Bad Request", "RequestExpired"},
        {fault::unknown_code, "418 I'm a teapot", "TeapotShortAndStout"},
        {fault::redirect, "307 Temporary Redirect", "TemporaryRedirect"},
        {fault::expired_token, "403 Forbidden", "ExpiredToken"},
        {fault::expired_token_exception, "400 Bad Request", "ExpiredTokenException"},
        {fault::invalid_client_token, "403 Forbidden", "InvalidClientTokenId"},
        {fault::errors_wrapper, "403 Forbidden", "InvalidClientTokenId"},
        {fault::throttling, "400 Bad Request", "Throttling"},
        {fault::throttling_exception, "400 Bad Request", "ThrottlingException"},
        {fault::request_limit, "503 Service Unavailable", "RequestLimitExceeded"},
        {fault::too_many, "429 Too Many Requests", "TooManyRequestsException"},
        {fault::idp_communication, "400 Bad Request", "IDPCommunicationError"},
        {fault::request_timeout, "400 Bad Request", "RequestTimeout"},
        {fault::internal, "500 Internal Server Error", "InternalFailure"},
        {fault::unavailable, "503 Service Unavailable", "ServiceUnavailable"},
        {fault::retry_after, "503 Service Unavailable", "ServiceUnavailable"},
        {fault::bad_gateway, "502 Bad Gateway", ""},
        {fault::gateway_timeout, "504 Gateway Timeout", ""},
        {fault::proxy_forbidden, "403 Forbidden", ""},
        {fault::proxy_login, "407 Proxy Authentication Required", ""},
    };
    live_emulator live;
    std::set<fault> seen;
    for (const auto& r : rows) {
        CAPTURE(describe(r.f).name);
        seen.insert(r.f);
        const auto bytes = whole_answer(live, r.f);
        CHECK(bytes.starts_with(std::string("HTTP/1.1 ") + r.status + "\r\n"));
        CHECK(element(bytes, "Code") == r.code);
        const auto last = live.sts.history().back();
        CHECK(last.outcome == r.code);
        CHECK(last.struck_by == r.f);
        CHECK(last.access_key.empty());
        if (r.f == fault::unknown_code)
            CHECK(element(bytes, "Message") == "A &lt;code&gt; nobody knows &amp; a &quot;message&quot; to escape");
        if (r.f == fault::redirect) CHECK(field(bytes, "Location") == "https://elsewhere.invalid/");
        if (r.f == fault::retry_after) CHECK(field(bytes, "x-amz-retry-after") == "20");
        if (r.f == fault::errors_wrapper)
            CHECK((has(bytes, "<Errors>") && field(bytes, "Content-Type").starts_with("text/html")));
        if (r.f == fault::gateway_timeout) {
            CHECK(body_of(bytes).empty());
        } else if (*r.code == '\0') {
            CHECK((has(bytes, "<html>") && field(bytes, "Content-Type") == "text/html"));
        }
        if (*r.code != '\0' && r.f != fault::errors_wrapper)
            CHECK(field(bytes, "x-amzn-RequestId") == element(bytes, "RequestId"));
    }
    for (const auto& row : all_faults()) CHECK((row.stage == fault_stage::error) == seen.contains(row.id));
}

TEST_CASE("a body fault that a good client reads still holds credentials that sign") {
    const fault rows[] = {fault::wrong_content_type,
                          fault::no_content_type,
                          fault::fraction_expiration,
                          fault::offset_expiration,
                          fault::short_expiration,
                          fault::brief_expiration,
                          fault::prefix,
                          fault::cdata,
                          fault::entities,
                          fault::pretty,
                          fault::bom,
                          fault::big_token,
                          fault::extra_elements};
    live_emulator live;
    for (const auto f : rows) {
        CAPTURE(describe(f).name);
        const auto bytes = whole_answer(live, f);
        auto xml = body_of(bytes);
        CHECK(bytes.starts_with("HTTP/1.1 200 OK\r\n"));
        if (f == fault::prefix) {
            CHECK(has(xml, "<sts:AssumeRoleResponse xmlns:sts=\"https://sts.amazonaws.com/doc/2011-06-15/\">"));
            for (auto at = xml.find("sts:"); at != std::string::npos; at = xml.find("sts:", at)) xml.erase(at, 4);
        }
        if (f == fault::extra_elements) {
            CHECK(count(xml, "ASIADECOYDECOYDECOY0") >= 4);
            xml = xml.substr(xml.find("</Hint>"));
        }
        const key_pair pair{plain_value(xml, "AccessKeyId"), plain_value(xml, "SecretAccessKey"),
                            plain_value(xml, "SessionToken")};
        CHECK(live.sts.answer_to(signed_post(identity_parameters, live.clock.at, pair).view()).status == 200);
        const auto expiration = plain_value(xml, "Expiration");
        const auto ends = parse_rfc3339(expiration);
        REQUIRE(ends.has_value());
        const auto lifetime = *ends - live.clock.at;
        const auto life = f == fault::short_expiration ? 60s : f == fault::brief_expiration ? 6s : 3600s;
        CHECK(std::chrono::floor<std::chrono::seconds>(lifetime) == life);

        CHECK(has(head_of(bytes), "Content-Type: text/xml\r\n") ==
              (f != fault::wrong_content_type && f != fault::no_content_type));
        if (f == fault::wrong_content_type) CHECK(field(bytes, "Content-Type") == "text/plain");
        if (f == fault::no_content_type) CHECK_FALSE(has(head_of(bytes), "Content-Type"));
        if (f == fault::fraction_expiration) CHECK(expiration == "2026-01-02T04:04:05.123Z");
        if (f == fault::offset_expiration) CHECK(expiration == "2026-01-02T06:04:05+02:00");
        if (f == fault::cdata) CHECK(count(xml, "<![CDATA[") == 4);
        if (f == fault::entities) CHECK(has(xml, "<AccessKeyId>&#x41;&#x53;&#x49;&#x41;"));
        if (f == fault::pretty)
            CHECK((xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>") && has(xml, "<!-- ") &&
                   has(xml, "<?ignore me?>")));
        if (f == fault::bom) CHECK(xml.starts_with("\xEF\xBB\xBF<AssumeRoleResponse"));
        if (f == fault::big_token) CHECK(pair.token.size() >= 10'000);
        if (life == 3600s) continue;
        live.sts.set_clock_offset(life);
        CHECK(element(live.sts.answer_to(signed_post(identity_parameters, live.clock.at, pair).view()).body, "Code") ==
              "ExpiredToken");
        live.sts.set_clock_offset(0s);
    }
}

TEST_CASE("a body fault that no client may believe is spoilt as the table says") {
    struct row {
        fault f;
        std::function<bool(const std::string& xml)> holds;
    };
    const row rows[] = {
        {fault::garbage, [](const std::string& x) { return x.size() == 512 && !has(x, "<AssumeRole"); }},
        {fault::empty, [](const std::string& x) { return x.empty(); }},
        {fault::html, [](const std::string& x) { return x.starts_with("<!DOCTYPE html>"); }},
        {fault::json,
         [](const std::string& x) {
             return x.starts_with(R"({"AssumeRoleResponse":{"AssumeRoleResult":{"Credentials":{"AccessKeyId":"ASIA)");
         }},
        {fault::wrong_root,
         [](const std::string& x) {
             return x.starts_with("<GetCallerIdentityResponse") && has(x, "<AssumeRoleResult>") &&
                    has(x, "<Credentials>");
         }},
        {fault::outside,
         [](const std::string& x) {
             return x.find("<Credentials>") > x.find("</AssumeRoleResult>") &&
                    x.find("<Credentials>") < x.find("</AssumeRoleResponse>");
         }},
        {fault::missing_token, [](const std::string& x) { return !has(x, "SessionToken") && has(x, "<AccessKeyId>"); }},
        {fault::missing_key, [](const std::string& x) { return !has(x, "AccessKeyId") && has(x, "<SessionToken>"); }},
        {fault::missing_secret,
         [](const std::string& x) { return !has(x, "SecretAccessKey") && has(x, "<SessionToken>"); }},
        {fault::missing_expiration,
         [](const std::string& x) { return !has(x, "Expiration") && has(x, "<SessionToken>"); }},
        {fault::empty_token, [](const std::string& x) { return has(x, "<SessionToken></SessionToken>"); }},
        {fault::bad_expiration, [](const std::string& x) { return element(x, "Expiration") == "tomorrow"; }},
        {fault::past_expiration,
         [](const std::string& x) { return element(x, "Expiration") == "2026-01-02T02:04:05Z"; }},
        {fault::far_expiration,
         [](const std::string& x) { return element(x, "Expiration") == "9999-12-31T23:59:59Z"; }},
        {fault::unclosed, [](const std::string& x) { return x.ends_with("</Expiration>"); }},
        {fault::dtd_bomb,
         [](const std::string& x) {
             return x.starts_with("<!DOCTYPE bomb [") && element(x, "SessionToken") == "&j;" &&
                    count(x, "<!ENTITY") == 10;
         }},
        {fault::xxe,
         [](const std::string& x) {
             return has(x, R"(SYSTEM "file:///)") && element(x, "SessionToken") == "&outside;";
         }},
        {fault::deep, [](const std::string& x) { return count(x, "<a>") == 100'000 && count(x, "</a>") == 100'000; }},
        {fault::duplicate,
         [](const std::string& x) { return count(x, "<Credentials>") == 2 && has(x, "ASIADECOYDECOYDECOY0"); }},
        {fault::crlf_token, [](const std::string& x) { return has(element(x, "SessionToken"), "&#13;&#10;"); }},
        {fault::nul_token,
         [](const std::string& x) { return has(element(x, "SessionToken"), std::string_view("\0", 1)); }},
        {fault::invalid_utf8, [](const std::string& x) { return element(x, "Arn").ends_with("\xC3\x28\xFF"); }},
    };
    live_emulator live;
    for (const auto& r : rows) {
        CAPTURE(describe(r.f).name);
        const auto bytes = whole_answer(live, r.f);
        CHECK(bytes.starts_with("HTTP/1.1 200 OK\r\n"));
        CHECK(r.holds(body_of(bytes)));
        CHECK(live.sts.history().back().struck_by == r.f);
    }
    CHECK(count(body_of(whole_answer(live, fault::nul_token)), good_token_start) == 1);
}

TEST_CASE("every body fault is in one of the tables above") {
    std::size_t bodies = 0;
    for (const auto& row : all_faults()) bodies += row.stage == fault_stage::body ? 1 : 0;
    CHECK(bodies == 13 + 22);
}

TEST_CASE("a body fault leaves a refusal and another action alone") {
    live_emulator live;
    live.arm(fault::empty);
    CHECK(live.sts.answer_to(signed_post(identity_parameters, live.clock.at).view())
              .body.starts_with("<GetCallerIdentityResponse"));
    const auto refused = live.sts.answer_to(
        signed_post(assume_role_parameters("arn:aws:iam::444455556666:role/absent"), live.clock.at).view());
    CHECK(element(refused.body, "Code") == "AccessDenied");
}
