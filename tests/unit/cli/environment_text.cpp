#include "clients/cli/environment_text.hpp"

#include "support/results.hpp"

#include <doctest/doctest.h>

namespace hourkey::cli {
namespace {

environment_changes some() {
    return {.set = {{"AWS_ACCESS_KEY_ID", "ASIA1"},
                    {"AWS_SECRET_ACCESS_KEY", "s/+="},
                    {"AWS_SESSION_TOKEN", "t=="},
                    {"AWS_REGION", "eu-west-1"}},
            .unset = {"AWS_PROFILE"},
            .notes = {}};
}

}  // namespace

TEST_CASE("Variables are written as each reader takes them") {
    struct row {
        const char* format;
        std::string wanted;
    };
    const std::vector<row> rows{
        {"export",
         "unset AWS_PROFILE\nexport AWS_ACCESS_KEY_ID='ASIA1'\nexport AWS_SECRET_ACCESS_KEY='s/+='\n"
         "export AWS_SESSION_TOKEN='t=='\nexport AWS_REGION='eu-west-1'\n"},
        {"fish",
         "set -e AWS_PROFILE\nset -gx AWS_ACCESS_KEY_ID 'ASIA1'\nset -gx AWS_SECRET_ACCESS_KEY 's/+='\n"
         "set -gx AWS_SESSION_TOKEN 't=='\nset -gx AWS_REGION 'eu-west-1'\n"},
        {"powershell",
         "Remove-Item -ErrorAction Ignore Env:AWS_PROFILE\n$Env:AWS_ACCESS_KEY_ID = 'ASIA1'\n"
         "$Env:AWS_SECRET_ACCESS_KEY = 's/+='\n$Env:AWS_SESSION_TOKEN = 't=='\n$Env:AWS_REGION = 'eu-west-1'\n"},
        {"cmd",
         "set \"AWS_PROFILE=\"\nset \"AWS_ACCESS_KEY_ID=ASIA1\"\nset \"AWS_SECRET_ACCESS_KEY=s/+=\"\n"
         "set \"AWS_SESSION_TOKEN=t==\"\nset \"AWS_REGION=eu-west-1\"\n"},
        {"dotenv",
         "AWS_ACCESS_KEY_ID=ASIA1\nAWS_SECRET_ACCESS_KEY=s/+=\nAWS_SESSION_TOKEN=t==\nAWS_REGION=eu-west-1\n"},
        {"gitlab",
         "AWS_ACCESS_KEY_ID=ASIA1\nAWS_SECRET_ACCESS_KEY=s/+=\nAWS_SESSION_TOKEN=t==\nAWS_REGION=eu-west-1\n"},
        {"github",
         "AWS_PROFILE=\nAWS_ACCESS_KEY_ID=ASIA1\nAWS_SECRET_ACCESS_KEY=s/+=\nAWS_SESSION_TOKEN=t==\n"
         "AWS_REGION=eu-west-1\n"},
        {"json", R"({"AWS_ACCESS_KEY_ID":"ASIA1","AWS_SECRET_ACCESS_KEY":"s/+=","AWS_SESSION_TOKEN":"t==",)"
                 "\"AWS_REGION\":\"eu-west-1\"}\n"},
        {"ini",
         "[demo]\naws_access_key_id = ASIA1\naws_secret_access_key = s/+=\naws_session_token = t==\n"
         "region = eu-west-1\n"},
    };
    CHECK(rows.size() == environment_formats().size());
    for (const auto& r : rows) {
        CAPTURE(r.format);
        CHECK(environment_text(parse_environment_format(r.format).value(), some(), "demo").value().expose() ==
              r.wanted);
    }
}

TEST_CASE("A value that some shell would read otherwise is refused") {
    for (const char c : std::string("'\"`$%!^\\\n\r\t\x7f") + '\0') {
        auto changes = some();
        changes.set.front().value = std::string("a") + c;
        CHECK(test::code_of(environment_text(environment_format::export_, changes, "demo")) ==
              errc::protocol_violation);
    }
}

TEST_CASE("A GitHub log hides the secrets, and not the access key") {
    CHECK(github_masks(some()).expose() == "::add-mask::s/+=\n::add-mask::t==\n");
}

}  // namespace hourkey::cli
