#include "clients/cli/profile_text.hpp"

#include "support/results.hpp"

#include <doctest/doctest.h>

namespace hourkey::cli {
namespace {

const std::string process = "/usr/bin/hourkey credential-process demo --context acme";
const profile_settings demo{.profile = "demo", .credential_process = process};
const std::string made = "[profile demo]\n# made by hourkey configure\ncredential_process = " + process + "\n";

/// Odd and orderly: comments, tabs, CR, nested values, a BOM, no end of line.
const std::vector<std::string> files{
    "",
    "\n",
    "[default]\nregion = eu-west-1\n",
    "[default]\nregion = eu-west-1\n\n\n",
    "# a comment\n\n[profile  other ]\n\tx = 1\ns3 =\n  max_queue_size = 1\n",
    "[profile other]\r\nregion = us-east-1\r\n",
    "\xEF\xBB\xBF[default]\noutput=json\n; trailing  \n",
};

}  // namespace

TEST_CASE("A new profile is put behind all that is there, and taken away again without a trace") {
    for (const auto& text : files) {
        CAPTURE(text);
        const auto with = with_profile(text, demo).value();
        CHECK(with.starts_with(text));
        CHECK(with_profile(with, demo).value() == with);
        CHECK(without_profile(with, "demo").value() == text);
    }
    CHECK(with_profile("", demo).value() == made);
    CHECK(with_profile("[default]\n", demo).value() == "[default]\n\n" + made);
    CHECK(with_profile("[default]", demo).value() == "[default]\n\n" + made);
}

TEST_CASE("Lines end as the file's do") {
    const auto with = with_profile("[default]\r\n", demo).value();
    CHECK(with ==
          "[default]\r\n\r\n[profile demo]\r\n# made by hourkey configure\r\ncredential_process = " + process + "\r\n");
}

TEST_CASE("The region stands in the profile when it is asked for") {
    auto with_region = demo;
    with_region.region = "eu-west-1";
    CHECK(with_profile("", with_region).value() == made + "region = eu-west-1\n");
    CHECK(without_profile(made + "region = eu-west-1\n", "demo").value().empty());
    CHECK(with_profile("[profile demo]\nregion=a ; b\n", with_region).value() ==
          "[profile demo]\ncredential_process = " + process + "\nregion = eu-west-1\n");
}

TEST_CASE("A profile that is there keeps its lines, and loses ours alone") {
    const std::string before = "[profile demo]\noutput = json\n# mine\ns3 =\n  role_arn = not of the profile\n";
    const std::string rest = "\n[profile other]\nrole_arn = x\n";
    const auto with = with_profile(before + rest, demo).value();
    CHECK(with == "[profile demo]\ncredential_process = " + process + "\n" + before.substr(15) + rest);
    CHECK(without_profile(with, "demo").value() == before + rest);
    CHECK(with_profile("[default]", {.profile = "default", .credential_process = process}).value() ==
          "[default]\ncredential_process = " + process + "\n");
}

TEST_CASE("Another connection takes the place of the one before") {
    auto next = demo;
    next.credential_process = "/opt/hourkey credential-process next";
    CHECK(with_profile(made, next).value() ==
          "[profile demo]\n# made by hourkey configure\ncredential_process = /opt/hourkey credential-process next\n");
}

TEST_CASE("What somebody added to a profile of ours stays") {
    CHECK(without_profile(made + "output = json\n", "demo").value() == "[profile demo]\noutput = json\n");
}

TEST_CASE("A profile is refused that has what tools would take instead") {
    for (const auto* line :
         {"role_arn = x", "source_profile = x", "credential_source = x", "sso_session = x", "sso_start_url = x",
          "web_identity_token_file = x", "aws_access_key_id = AKIA", "credential_process = /usr/bin/another"}) {
        CAPTURE(line);
        const auto with = with_profile("[profile demo]\n" + std::string(line) + "\n", demo);
        CHECK(test::code_of(with) == errc::invalid_configuration);
        CHECK(with.error().message.find("AKIA") == std::string::npos);
    }
    CHECK(test::code_of(with_profile("[profile demo]\n[profile demo]\n", demo)) == errc::invalid_configuration);
}

TEST_CASE("Nothing of ours, nothing taken away") {
    for (const auto* text : {"", "[profile demo]\n", "[profile demo]\ncredential_process = /bin/x\n"})
        CHECK(test::code_of(without_profile(text, "demo")) == errc::not_found);
}

TEST_CASE("Keys in a credentials file are found under their section's name alone") {
    const std::string text =
        "[default]\naws_access_key_id=AKIA\n[demo]\n#aws_access_key_id=x\n[ third ]\n"
        "aws_access_key_id = x\n";
    CHECK(has_static_keys(text, "default"));
    CHECK_FALSE(has_static_keys(text, "demo"));
    CHECK(has_static_keys(text, "third"));
    CHECK_FALSE(has_static_keys(text, "profile demo"));
}

TEST_CASE("A profile's name needs no quotes") {
    for (const auto* good : {"default", "a@b", "x/y", "A-1_2.3+4"}) CHECK(is_profile_name(good));
    for (const auto* bad : {"", "a b", "a]", "a\"", "ä"}) CHECK_FALSE(is_profile_name(bad));
    CHECK_FALSE(is_profile_name(std::string(128, 'a')));
}

}  // namespace hourkey::cli
