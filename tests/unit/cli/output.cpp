#include "clients/cli/ask_server.hpp"
#include "clients/cli/caller_identity.hpp"
#include "clients/cli/output/report.hpp"
#include "clients/cli/output/table.hpp"
#include "clients/cli/output/terminal.hpp"
#include "support/results.hpp"
#include "variables.hpp"

#include <doctest/doctest.h>

namespace hourkey::cli {
namespace {

using namespace std::chrono_literals;

server_settings asked() {
    return {.url = "https://one.example",
            .token = secret("hk_t"),
            .token_from = "HOURKEY_TOKEN",
            .ca_file = {},
            .tenant = {},
            .patience = 30s};
}

}  // namespace

TEST_CASE("A table's columns are as wide as their widest cell, in characters") {
    table t({"NAME", "STATE"});
    t.add({"a", "active"});
    t.add({"Zürich", ""});
    t.add({"evil\033[2J", "x\ny"});
    CHECK(t.text() == "NAME      STATE\na         active\nZürich\nevil?[2J  x?y");
}

TEST_CASE("A listing leaves out what is not known") {
    CHECK(listing({{"Role", "app"}, {"Tenant", ""}, {"Account", "1"}}) == "Role:     app\nAccount:  1");
}

TEST_CASE("What moves a cursor is not printed") { CHECK(printable("a\tb\x7f\xC2\x9B\xFF é") == "a?b??? é"); }

TEST_CASE("Colours are for who looks, and wants them") {
    CHECK(wants_colours(true, variables_of({{"TERM", "xterm"}})));
    CHECK_FALSE(wants_colours(false, variables_of({{"TERM", "xterm"}})));
    CHECK_FALSE(wants_colours(true, variables_of({{"TERM", "xterm"}, {"NO_COLOR", "1"}})));
    CHECK(wants_colours(true, variables_of({{"TERM", "xterm"}, {"NO_COLOR", ""}})));
    CHECK_FALSE(wants_colours(true, variables_of({{"TERM", "dumb"}})));
    CHECK_FALSE(wants_colours(true, variables_of({})));
    CHECK(toned("x", tone::bad, true) == "\033[31mx\033[0m");
    CHECK(toned("x", tone::bad, false) == "x");
}

TEST_CASE("One line holds the message, what to do, the code and the request id") {
    failure why(errc::app_not_allowed, "No.", "Ask\nan admin.", "secret cause");
    why.request_id = std::string("01J");
    CHECK(one_line(why) == "hourkey: No. Ask?an admin. (app_not_allowed, request 01J)");
    CHECK(one_line(failure(errc::tls_failed, "No.")) == "hourkey: No.");
}

TEST_CASE("A clock that is wrong is told of beyond what AWS takes") {
    CHECK(clock_warning({}).empty());
    CHECK(clock_warning(5min).empty());
    CHECK(clock_warning(-5min).empty());
    CHECK(clock_warning(5min + 1s) == "This machine's clock is 5 min behind the server's.");
    CHECK(clock_warning(-2h - 5min) == "This machine's clock is 2 h 5 min ahead of the server's.");
    CHECK(clock_warning(std::chrono::days(400) + 3h) == "This machine's clock is 400 d 3 h behind the server's.");
}

TEST_CASE("What the wire says nothing of is told in words, with the server's name") {
    struct row {
        errc code;
        const char* message;
        const char* in_hint;
    };
    const std::vector<row> rows{
        {errc::connection_failed, "https://one.example cannot be reached.", "HTTPS_PROXY"},
        {errc::connection_closed, "https://one.example ended the connection before it answered.", "Try again"},
        {errc::deadline_exceeded, "https://one.example did not answer within 30 s.", "--timeout"},
        {errc::tls_failed, "The certificate of https://one.example is not trusted.", "1970-01-01T00:00:00Z"},
        {errc::tls_failed, "The certificate of https://one.example is not trusted.", "--cacert"},
        {errc::unauthenticated, "", "The token came from HOURKEY_TOKEN."},
    };
    for (const auto& r : rows) {
        CAPTURE(describe(r.code).api);
        const auto told = explained(failure(r.code), asked(), wall_time(), {});
        CHECK(told.message == r.message);
        CHECK(told.hint.find(r.in_hint) != std::string::npos);
        CHECK(told.hint.find("hk_t") == std::string::npos);
    }
    const auto told = explained(failure(errc::app_not_allowed, "No.", "Ask."), asked(), wall_time(), 1h);
    CHECK(told.message == "No.");
    CHECK(told.hint == "Ask. This machine's clock is 1 h 0 min behind the server's.");
}

TEST_CASE("STS is asked where the flag, the SDKs' variables or the role's partition say") {
    const std::string role = "arn:aws:iam::123456789012:role/deploy", chinese = "arn:aws-cn:iam::123456789012:role/x";
    const auto at = [](const std::string& url, std::optional<std::string> region, const std::string& arn,
                       std::map<std::string, std::string> with) {
        const auto place = choose_sts(url, region, arn, variables_of(std::move(with))).value();
        return place.url + " " + place.region + (place.ca_file.empty() ? "" : " " + place.ca_file);
    };
    CHECK(at("", {}, role, {}) == "https://sts.us-east-1.amazonaws.com us-east-1");
    CHECK(at("", "eu-west-1", role, {}) == "https://sts.eu-west-1.amazonaws.com eu-west-1");
    CHECK(at("", {}, role, {{"AWS_DEFAULT_REGION", "eu-west-2"}}) == "https://sts.eu-west-2.amazonaws.com eu-west-2");
    CHECK(at("", {}, chinese, {{"AWS_REGION", "eu-west-2"}}) == "https://sts.cn-north-1.amazonaws.com.cn cn-north-1");
    CHECK(at("https://x", {}, role, {{"AWS_ENDPOINT_URL_STS", "https://y"}}) == "https://x us-east-1");
    CHECK(at("", {}, role, {{"AWS_ENDPOINT_URL_STS", "https://y"}, {"AWS_ENDPOINT_URL", "https://z"}}) ==
          "https://y us-east-1");
    CHECK(at("", {}, role, {{"AWS_ENDPOINT_URL", "https://z"}, {"AWS_CA_BUNDLE", "/ca"}}) == "https://z us-east-1 /ca");
    CHECK(test::code_of(choose_sts("", {}, "no arn", variables_of({}))) == errc::invalid_request);
}

TEST_CASE("Credentials are the role's when account and name are") {
    const std::string role = "arn:aws:iam::123456789012:role/path/deploy";
    const auto is = [&](const char* arn) { return is_of_role(aws::parse_caller_identity(arn).value(), role); };
    CHECK(is("arn:aws:sts::123456789012:assumed-role/deploy/session"));
    CHECK_FALSE(is("arn:aws:sts::123456789012:assumed-role/other/session"));
    CHECK_FALSE(is("arn:aws:sts::999999999999:assumed-role/deploy/session"));
    CHECK_FALSE(is("arn:aws:iam::123456789012:user/deploy"));
}

}  // namespace hourkey::cli
