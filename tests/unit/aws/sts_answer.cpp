#include "aws/sts_answer.hpp"

#include "core/time_text.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <random>

using namespace hourkey;
using namespace std::string_literals;
using std::chrono::seconds;

namespace {

const wall_time now = parse_rfc3339("2026-01-02T03:04:05Z").value();
const auto role = aws::role_arn::parse("arn:aws:iam::444455556666:role/team/deploy").value();
const auto session = aws::session_name::parse("app-1").value();

/// An AssumeRole answer by its parts, each of which a row may replace.
struct answer {
    std::string before,
        root = "AssumeRoleResponse", key = "<AccessKeyId>ASIAEXAMPLEKEYID0001</AccessKeyId>",
        secret_key = "<SecretAccessKey>sec/ret+key=</SecretAccessKey>",
        token = "<SessionToken>tok/en+==</SessionToken>", expiration = "<Expiration>2026-01-02T04:04:05Z</Expiration>",
        in_credentials, in_result, in_root,
        user =
            "<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:app-1</"
            "AssumedRoleId><Arn>arn:aws:sts::444455556666:assumed-role/deploy/app-1</Arn></AssumedRoleUser>";

    std::string credentials() const {
        return "<Credentials>" + key + secret_key + token + expiration + in_credentials + "</Credentials>";
    }
    std::string xml() const {
        return before + "<" + root + " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>" +
               credentials() + user + in_result +
               "</AssumeRoleResult><ResponseMetadata><RequestId>01234567-89ab</RequestId></ResponseMetadata>" +
               in_root + "</" + root + ">";
    }
};

result<aws::assume_role_answer> parse(std::string body, seconds duration = seconds(3600)) {
    return aws::parse_assume_role_answer(body, {role, session, duration}, now);
}
result<aws::caller_identity_answer> parse_identity(std::string body) { return aws::parse_caller_identity_answer(body); }
aws::error_answer parse_error(std::string body) { return aws::parse_error_answer(body); }

std::string with(const std::function<void(answer&)>& change) {
    answer a;
    change(a);
    return a.xml();
}

void replace_all(std::string& in, std::string_view from, std::string_view to) {
    for (auto at = in.find(from); at != std::string::npos; at = in.find(from, at + to.size()))
        in.replace(at, from.size(), to);
}

std::string prefixed() {
    auto xml = answer{}.xml();
    replace_all(xml, "</", "\x01");
    replace_all(xml, "<", "<sts:");
    replace_all(xml, "\x01", "</sts:");
    return xml;
}

std::string pretty() {
    auto xml = answer{}.xml();
    replace_all(xml, "><", ">\n    <!-- note & <b> --> <?pi x?>\r\n<");
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + xml + "\n<!-- end -->\n";
}

/// Credentials beside AssumeRoleResult instead of inside.
std::string outside() {
    auto xml = with([](answer& a) { a.in_root = a.credentials(); });
    return xml.erase(xml.find("<Credentials>"), answer{}.credentials().size());
}

}  // namespace

TEST_CASE("an AssumeRole answer becomes credentials") {
    const auto out = parse(answer{}.xml());
    REQUIRE(out.has_value());
    CHECK(out->keys.access_key_id == "ASIAEXAMPLEKEYID0001");
    CHECK(out->keys.secret_access_key.expose() == "sec/ret+key=");
    CHECK(out->keys.session_token.expose() == "tok/en+==");
    CHECK(out->keys.expiration == now + seconds(3600));
    CHECK(out->assumed_role_arn == "arn:aws:sts::444455556666:assumed-role/deploy/app-1");
    CHECK(out->assumed_role_id == "AROAEXAMPLE:app-1");
    CHECK(out->request_id == "01234567-89ab");
    CHECK_FALSE(out->packed_policy_size.has_value());
}

TEST_CASE("odd but sound answers are taken, with the same values") {
    struct row {
        const char* name;
        std::string body;
    };
    for (const auto& r : {
             row{"prefix", prefixed()},
             row{"cdata", with([](answer& a) { a.token = "<SessionToken>tok<![CDATA[/en]]>+==</SessionToken>"; })},
             row{"empty cdata first",
                 with([](answer& a) { a.token = "<SessionToken><![CDATA[]]>tok/en+==</SessionToken>"; })},
             row{"comment inside a value",
                 with([](answer& a) { a.token = "<SessionToken>tok/<!-- & -->en+==</SessionToken>"; })},
             row{"entities", with([](answer& a) { a.token = "<SessionToken>&#116;ok&#x2F;en+&#61;=</SessionToken>"; })},
             row{"pretty", pretty()},
             row{"bom", with([](answer& a) { a.before = "\xEF\xBB\xBF"; })},
             row{"declaration", with([](answer& a) { a.before = "<?xml version=\"1.0\"?>"; })},
             row{"extra_elements", with([](answer& a) {
                     a.in_credentials =
                         "<Extra><AccessKeyId>ASIADECOY00000000000</AccessKeyId><SessionToken>decoy</SessionToken></"
                         "Extra>";
                     a.in_result =
                         "<Other><Credentials><SessionToken>decoy</SessionToken></Credentials></"
                         "Other><SourceIdentity>x</SourceIdentity>";
                     a.in_root = "<AccessKeyId>ASIADECOY00000000000</AccessKeyId><SessionToken>decoy</SessionToken>";
                 })},
             row{"another order", with([](answer& a) {
                     a.in_credentials = a.key;
                     a.key.clear();
                 })},
             row{"no namespace",
                 [] {
                     auto x = answer{}.xml();
                     replace_all(x, " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"", "");
                     return x;
                 }()},
             row{"fraction_expiration",
                 with([](answer& a) { a.expiration = "<Expiration>2026-01-02T04:04:05.000Z</Expiration>"; })},
             row{"nanoseconds",
                 with([](answer& a) { a.expiration = "<Expiration>2026-01-02T04:04:05.000000000Z</Expiration>"; })},
             row{"offset_expiration",
                 with([](answer& a) { a.expiration = "<Expiration>2026-01-02T06:04:05+02:00</Expiration>"; })},
         }) {
        CAPTURE(r.name);
        const auto out = parse(r.body);
        if (out.has_error()) MESSAGE(out.error().cause);
        REQUIRE(out.has_value());
        CHECK(out->keys.access_key_id == "ASIAEXAMPLEKEYID0001");
        CHECK(out->keys.secret_access_key.expose() == "sec/ret+key=");
        CHECK(out->keys.session_token.expose() == "tok/en+==");
        CHECK(out->keys.expiration == now + seconds(3600));
    }
}

TEST_CASE("what STS leaves out or adds at will is no obstacle") {
    SUBCASE("a key id without ASIA, no AssumedRoleId, no RequestId") {
        auto xml = with([](answer& a) {
            a.key = "<AccessKeyId>0555b35654ad1656d80</AccessKeyId>";
            a.user =
                "<AssumedRoleUser><Arn>arn:aws:sts::444455556666:assumed-role/deploy/app-1</Arn></AssumedRoleUser>";
        });
        replace_all(xml, "<RequestId>01234567-89ab</RequestId>", "");
        const auto out = parse(xml);
        REQUIRE(out.has_value());
        CHECK(out->assumed_role_id.empty());
        CHECK(out->request_id.empty());
    }
    SUBCASE("PackedPolicySize") {
        CHECK(parse(with([](answer& a) {
                  a.in_result = "<PackedPolicySize>42</PackedPolicySize>";
              }))->packed_policy_size == 42);
        CHECK_FALSE(parse(with([](answer& a) {
                        a.in_result = "<PackedPolicySize>many</PackedPolicySize>";
                    }))->packed_policy_size.has_value());
    }
    SUBCASE("a token of 10,000 characters") {
        const std::string token(10'000, 'T');
        CHECK(parse(with([&](answer& a) {
                  a.token = "<SessionToken>" + token + "</SessionToken>";
              }))->keys.session_token.expose() == token);
    }
    SUBCASE("an Expiration sooner than asked is reported as it is") {
        CHECK(parse(with([](answer& a) {
                  a.expiration = "<Expiration>2026-01-02T03:05:05Z</Expiration>";
              }))->keys.expiration == now + seconds(60));
    }
    SUBCASE("an Expiration five minutes later than asked") {
        CHECK(
            parse(with([](answer& a) { a.expiration = "<Expiration>2026-01-02T04:09:05Z</Expiration>"; })).has_value());
    }
}

TEST_CASE("a 200 that is not sound never becomes credentials") {
    const auto field = [](std::string_view name, std::string_view value) {
        return "<" + std::string(name) + ">" + std::string(value) + "</" + std::string(name) + ">";
    };
    std::string deep, garbage;
    for (int i = 0; i < 5000; ++i) deep += "<a>";
    for (int i = 0; i < 5000; ++i) deep += "</a>";
    std::mt19937 random(3);
    for (int i = 0; i < 2000; ++i) garbage.push_back(static_cast<char>(random()));
    struct row {
        const char* name;
        std::string body;
    };
    const row rows[] = {
        {"garbage", garbage},
        {"empty", ""},
        {"html", "<!DOCTYPE html><html><body>Sign in</body></html>"},
        {"html without doctype", "<html><body><a href='/'>Sign in</a></body></html>"},
        {"json", "{\"AssumeRoleResponse\":{\"AssumeRoleResult\":{}}}"},
        {"wrong_root", with([](answer& a) { a.root = "GetCallerIdentityResponse"; })},
        {"root in other case", with([](answer& a) { a.root = "assumeroleresponse"; })},
        {"outside", outside()},
        {"missing_token", with([](answer& a) { a.token.clear(); })},
        {"missing_key", with([](answer& a) { a.key.clear(); })},
        {"missing_secret", with([](answer& a) { a.secret_key.clear(); })},
        {"missing_expiration", with([](answer& a) { a.expiration.clear(); })},
        {"empty_token", with([&](answer& a) { a.token = "<SessionToken/>"; })},
        {"empty key", with([&](answer& a) { a.key = field("AccessKeyId", ""); })},
        {"empty secret", with([&](answer& a) { a.secret_key = field("SecretAccessKey", ""); })},
        {"token of white space", with([&](answer& a) { a.token = field("SessionToken", " \n "); })},
        {"two tokens", with([&](answer& a) { a.in_credentials = a.token; })},
        {"an element inside the token", with([&](answer& a) { a.token = field("SessionToken", "tok<b>x</b>en"); })},
        {"bad_expiration", with([&](answer& a) { a.expiration = field("Expiration", "tomorrow"); })},
        {"epoch expiration", with([&](answer& a) { a.expiration = field("Expiration", "1767330245"); })},
        {"expiration without zone",
         with([&](answer& a) { a.expiration = field("Expiration", "2026-01-02T04:04:05"); })},
        {"past_expiration", with([&](answer& a) { a.expiration = field("Expiration", "2026-01-02T02:04:05Z"); })},
        {"expiration of this very moment",
         with([&](answer& a) { a.expiration = field("Expiration", "2026-01-02T03:04:05Z"); })},
        {"far_expiration", with([&](answer& a) { a.expiration = field("Expiration", "9999-12-31T23:59:59Z"); })},
        {"a second too far", with([&](answer& a) { a.expiration = field("Expiration", "2026-01-02T04:09:06Z"); })},
        {"unclosed", answer{}.xml().substr(0, answer{}.xml().size() - 22)},
        {"dtd_bomb", with([](answer& a) {
             a.before = "<!DOCTYPE b [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>";
             a.token = "<SessionToken>&b;</SessionToken>";
         })},
        {"xxe", with([](answer& a) {
             a.before = "<!DOCTYPE b [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
             a.token = "<SessionToken>&x;</SessionToken>";
         })},
        {"harmless doctype", with([](answer& a) { a.before = "<!DOCTYPE AssumeRoleResponse>"; })},
        {"undefined entity", with([](answer& a) { a.token = "<SessionToken>tok&x;en</SessionToken>"; })},
        {"deep", with([&](answer& a) { a.in_root = deep; })},
        {"duplicate", with([](answer& a) { a.in_result = a.credentials(); })},
        {"duplicate result",
         [] {
             auto x = answer{}.xml();
             const auto from = x.find("<AssumeRoleResult>"), to = x.find("<ResponseMetadata>");
             x.insert(from, x.substr(from, to - from));
             return x;
         }()},
        {"duplicate root", answer{}.xml() + answer{}.xml()},
        {"text before the root", "ok " + answer{}.xml()},
        {"text after the root", answer{}.xml() + "ok"},
        {"crlf_token", with([](answer& a) { a.token = "<SessionToken>tok&#13;&#10;en</SessionToken>"; })},
        {"token on two lines", with([](answer& a) { a.token = "<SessionToken>tok\nen</SessionToken>"; })},
        {"token with surrounding space", with([](answer& a) { a.token = "<SessionToken> token</SessionToken>"; })},
        {"token with DEL", with([](answer& a) { a.token = "<SessionToken>tok\x7F</SessionToken>"; })},
        {"token with UTF-8", with([](answer& a) { a.token = "<SessionToken>tok\xC3\xA9</SessionToken>"; })},
        {"nul_token", with([](answer& a) { a.token = "<SessionToken>tok\0en</SessionToken>"s; })},
        {"nul by reference", with([](answer& a) { a.token = "<SessionToken>tok&#0;en</SessionToken>"; })},
        {"secret with a line end", with([](answer& a) { a.secret_key = "<SecretAccessKey>a\nb</SecretAccessKey>"; })},
        {"key id with a slash", with([](answer& a) { a.key = "<AccessKeyId>ASIAEXAMPLE/KEYID0001</AccessKeyId>"; })},
        {"key id of 15", with([](answer& a) { a.key = "<AccessKeyId>ASIAEXAMPLE0001</AccessKeyId>"; })},
        {"key id of 129", with([](answer& a) { a.key = "<AccessKeyId>" + std::string(129, 'A') + "</AccessKeyId>"; })},
        {"invalid_utf8", with([](answer& a) { replace_all(a.user, "deploy", "depl\xFFoy"); })},
        {"another account", with([](answer& a) { replace_all(a.user, "444455556666", "444455556667"); })},
        {"another role", with([](answer& a) { replace_all(a.user, "deploy", "admin"); })},
        {"another session", with([](answer& a) { replace_all(a.user, "/app-1", "/app-2"); })},
        {"another partition", with([](answer& a) { replace_all(a.user, "arn:aws:", "arn:aws-cn:"); })},
        {"a user instead of a session", with([](answer& a) {
             a.user = "<AssumedRoleUser><Arn>arn:aws:iam::444455556666:user/deploy</Arn></AssumedRoleUser>";
         })},
        {"no AssumedRoleUser", with([](answer& a) { a.user.clear(); })},
        {"longer than 64 KiB",
         with([](answer& a) { a.in_root = "<x>" + std::string(aws::longest_sts_answer, 'x') + "</x>"; })},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto out = parse(r.body);
        REQUIRE(out.has_error());
        CHECK(out.error().code == errc::sts_invalid_answer);
        CHECK_FALSE(out.error().cause.empty());
        CHECK(out.error().message.empty());
        CHECK(out.error().cause.find("tok") == std::string::npos);
        CHECK(out.error().cause.find("sec/ret") == std::string::npos);
    }
}

TEST_CASE("the longest body still passes and one byte more does not") {
    auto padded = answer{}.xml();
    padded.append(aws::longest_sts_answer - padded.size(), ' ');
    CHECK(parse(padded).has_value());
    padded.push_back(' ');
    CHECK(parse(padded).has_error());
}

TEST_CASE("no answer cut off at any byte becomes credentials") {
    const auto whole = answer{}.xml();
    for (std::size_t n = 0; n < whole.size(); ++n) {
        CAPTURE(n);
        CHECK(parse(whole.substr(0, n)).has_error());
    }
}

TEST_CASE("a GetCallerIdentity answer names the caller") {
    const auto body = [](std::string_view arn, std::string_view account) {
        return "<GetCallerIdentityResponse "
               "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>" +
               std::string(arn) + "</Arn><UserId>AROAEXAMPLE:ci</UserId><Account>" + std::string(account) +
               "</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>" +
               "</GetCallerIdentityResponse>";
    };
    const auto out = parse_identity(body("arn:aws:sts::444455556666:assumed-role/deploy/ci", "444455556666"));
    REQUIRE(out.has_value());
    CHECK(out->who.is_role_session());
    CHECK(out->who.account_id == "444455556666");
    CHECK(out->user_id == "AROAEXAMPLE:ci");
    CHECK(out->request_id == "r-1");
    for (const auto& bad :
         {body("arn:aws:sts::444455556666:assumed-role/deploy/ci", "444455556667"), body("", "444455556666"),
          body("arn:aws:iam::444455556666:role/x", "444455556666"), answer{}.xml(), ""s, "<html></html>"s}) {
        CAPTURE(bad);
        REQUIRE(parse_identity(bad).has_error());
        CHECK(parse_identity(bad).error().code == errc::sts_invalid_answer);
    }
}

TEST_CASE("errors are read in all three shapes") {
    struct row {
        const char* name;
        std::string body;
        std::string_view code, message, request_id;
    };
    for (const auto& r : {
             row{"AWS",
                 "<ErrorResponse "
                 "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>AccessDenied</"
                 "Code><Message>not "
                 "&lt;you&gt; &amp; \"me\"</Message></Error>"
                 "<RequestId>r-1</RequestId></ErrorResponse>",
                 "AccessDenied", "not <you> & \"me\"", "r-1"},
             row{"moto",
                 "<ErrorResponse><Errors><Error><Code>InvalidClientTokenId</Code><Message>m</Message></Error></"
                 "Errors><RequestId>r-2</RequestId></"
                 "ErrorResponse>",
                 "InvalidClientTokenId", "m", "r-2"},
             row{"radosgw",
                 "<?xml "
                 "version=\"1.0\"?><Error><Code>NoSuchEntity</Code><Message></Message><RequestId>r-3</RequestId></"
                 "Error>",
                 "NoSuchEntity", "", "r-3"},
             row{"prefixed", "<e:ErrorResponse><e:Error><e:Code>Throttling</e:Code></e:Error></e:ErrorResponse>",
                 "Throttling", "", ""},
             row{"message with a tab and UTF-8", "<Error><Code>X</Code><Message>a\tb\xC3\xA9</Message></Error>", "X",
                 "a?b??", ""},
             row{"message that repeats the request behind its first line",
                 "<Error><Code>SignatureDoesNotMatch</Code><Message>Check your key.\n\nThe Canonical String for this "
                 "request should have been\n'POST\n/\n\n"
                 "x-amz-security-token:hunter2'</Message></Error>",
                 "SignatureDoesNotMatch", "Check your key.", ""},
         }) {
        CAPTURE(r.name);
        const auto e = parse_error(r.body);
        CHECK(e.code == r.code);
        CHECK(e.message == r.message);
        CHECK(e.request_id == r.request_id);
    }
}

TEST_CASE("a body that is no error of AWS leaves the status to decide") {
    for (const auto& body :
         {""s, "<html><head><title>502 Bad Gateway</title></head></html>"s, "Service Unavailable"s,
          "{\"Error\":{\"Code\":\"AccessDenied\"}}"s, "<ErrorResponse><Error></Error></ErrorResponse>"s,
          "<ErrorResponse><Error><Code>a b</Code></Error></ErrorResponse>"s,
          "<ErrorResponse><Error><Code>A</Code></Error><Error><Code>B</Code></Error></ErrorResponse>"s,
          "<!DOCTYPE x><ErrorResponse><Error><Code>A</Code></Error></ErrorResponse>"s, answer{}.xml(),
          "<ErrorResponse><Error><Code>" + std::string(129, 'A') + "</Code></Error></ErrorResponse>"}) {
        CAPTURE(body.substr(0, 80));
        CHECK(parse_error(body).code.empty());
    }
}

TEST_CASE("a long error message is cut") {
    CHECK(
        parse_error("<Error><Code>X</Code><Message>" + std::string(2000, 'm') + "</Message></Error>").message.size() ==
        512);
}

TEST_CASE(
    "an answer to a web identity differs from AssumeRole's in its names alone, and neither is taken for the other") {
    const auto parse_bearers = [](std::string body) {
        return aws::parse_assume_role_answer(body, {role, session, seconds(3600), "AssumeRoleWithWebIdentity"}, now);
    };
    auto xml = answer{}.xml();
    CHECK_FALSE(parse_bearers(xml).has_value());
    replace_all(xml, "AssumeRoleResult", "AssumeRoleWithWebIdentityResult");
    CHECK_FALSE(parse_bearers(xml).has_value());
    replace_all(xml, "AssumeRoleResponse", "AssumeRoleWithWebIdentityResponse");
    CHECK(parse_bearers(xml).value().keys.access_key_id == "ASIAEXAMPLEKEYID0001");
    CHECK_FALSE(parse(xml).has_value());
}
