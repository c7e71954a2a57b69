#include "aws/sts_request.hpp"

#include <doctest/doctest.h>

using namespace hourkey;
using std::chrono::seconds;

namespace {

aws::assume_role_request request() {
    return {aws::role_arn::parse("arn:aws:iam::123456789012:role/team/deploy").value(),
            aws::session_name::parse("hk.acme.shop.1").value(),
            seconds(3600),
            {},
            {}};
}

}  // namespace

TEST_CASE("the body holds what was asked and nothing else") {
    auto r = request();
    CHECK(aws::assume_role_body(r).value() ==
          "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fteam%2Fdeploy&"
          "RoleSessionName=hk.acme.shop.1&"
          "DurationSeconds=3600");
    r.duration = seconds(900);
    r.external_id = aws::external_id::parse("hk-0a+b=c,d.e@f:g/h-i_j").value();
    r.session_policy = "{\"Id\":\"\xC3\xA9 &=\"}";
    CHECK(aws::assume_role_body(r).value() ==
          "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fteam%2Fdeploy&"
          "RoleSessionName=hk.acme.shop.1&"
          "DurationSeconds=900"
          "&ExternalId=hk-0a%2Bb%3Dc%2Cd.e%40f%3Ag%2Fh-i_j&Policy=%7B%22Id%22%3A%22%C3%A9%20%26%3D%22%7D");
    CHECK(aws::get_caller_identity_body == "Action=GetCallerIdentity&Version=2011-06-15");
}

TEST_CASE("durations outside 900 to 43200 are refused") {
    const struct {
        seconds duration;
        bool good;
    } rows[] = {{seconds(899), false},   {seconds(900), true}, {seconds(3600), true}, {seconds(43200), true},
                {seconds(43201), false}, {seconds(0), false},  {seconds(-1), false}};
    for (const auto& r : rows) {
        CAPTURE(r.duration.count());
        const auto ok = aws::check_duration(r.duration);
        CHECK(ok.has_value() == r.good);
        if (ok.has_error()) {
            CHECK(ok.error().code == errc::duration_out_of_range);
            CHECK_FALSE(ok.error().hint.empty());
        }
    }
}

TEST_CASE("parameters beyond STS's limits never go out") {
    struct row {
        const char* name;
        void (*change)(aws::assume_role_request&);
        bool good;
        std::string_view field;
    };
    const row rows[] = {
        {"policy of 1", [](auto& r) { r.session_policy = "{"; }, true, ""},
        {"empty policy", [](auto& r) { r.session_policy = ""; }, false, "session_policy"},
        {"policy of 2048", [](auto& r) { r.session_policy = std::string(2048, ' '); }, true, ""},
        {"policy of 2049", [](auto& r) { r.session_policy = std::string(2049, ' '); }, false, "session_policy"},
        {"policy of 2048 two-byte characters",
         [](auto& r) {
             r.session_policy.emplace();
             for (int i = 0; i < 2048; ++i) *r.session_policy += "\xC3\xBF";
         },
         true, ""},
        {"policy with line ends and tab", [](auto& r) { r.session_policy = "{\t\r\n}"; }, true, ""},
        {"policy with a control character", [](auto& r) { r.session_policy = "{\x01}"; }, false, "session_policy"},
        {"policy beyond U+00FF", [](auto& r) { r.session_policy = "{\xC4\x80}"; }, false, "session_policy"},
        {"policy cut inside a character", [](auto& r) { r.session_policy = "{\xC3"; }, false, "session_policy"},
        {"policy with an overlong form", [](auto& r) { r.session_policy = "{\xC1\xBF}"; }, false, "session_policy"},
        {"duration of 899", [](auto& r) { r.duration = seconds(899); }, false, "duration_seconds"},
        {"duration of 43201", [](auto& r) { r.duration = seconds(43201); }, false, "duration_seconds"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        auto r = request();
        row.change(r);
        const auto body = aws::assume_role_body(r);
        CHECK(body.has_value() == row.good);
        if (body.has_error()) CHECK(body.error().text().starts_with(row.field));
    }
}

TEST_CASE("a web identity's body holds its token, and refuses what is none") {
    const auto asked = request();
    const aws::web_identity_request r{asked.role, asked.name};
    CHECK(aws::web_identity_body(r, "e.y+/=").value().expose() ==
          "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fteam%"
          "2Fdeploy&"
          "RoleSessionName=hk.acme.shop.1&DurationSeconds=3600&WebIdentityToken=e.y%2B%2F%3D");
    CHECK(aws::web_identity_body(r, std::string(20'000, 'x')).has_value());
    for (const auto& token :
         {std::string(), std::string("abc"), std::string(20'001, 'x'), std::string("a b c"), std::string("a.b.c\n")})
        CHECK(aws::web_identity_body(r, token).error().code == errc::invalid_request);
    CHECK(aws::web_identity_body({asked.role, asked.name, seconds(60)}, "a.b.c").error().code ==
          errc::duration_out_of_range);
}
