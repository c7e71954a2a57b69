#include "credentials/profile_file.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace hourkey;
using namespace hourkey::credentials;

namespace {

/// "profile.name=value" or "profile.name" for absent.
struct row {
    std::string name;
    profile_file_kind kind;
    std::string text;
    std::string profile;
    std::string setting;
    std::optional<std::string> value;
};

const auto config = profile_file_kind::config;
const auto of_credentials = profile_file_kind::credentials;

const std::vector<row> readable{
    {"a default section without prefix", config, "[default]\nregion = eu-west-1\n", "default", "region", "eu-west-1"},
    {"a config profile has the prefix", config, "[profile deploy]\na=b\n", "deploy", "a", "b"},
    {"a config section without the prefix is no profile", config, "[deploy]\na=b\n", "deploy", "a", std::nullopt},
    {"a credentials section has none", of_credentials, "[deploy]\na=b\n", "deploy", "a", "b"},
    {"a prefix in the credentials file makes no profile", of_credentials, "[profile deploy]\na=b\n", "deploy", "a",
     std::nullopt},
    {"[profile default] wins over [default]", config, "[profile default]\na=1\n[default]\na=2\n", "default", "a", "1"},
    {"blanks around everything", config, "[ profile   deploy ]\t\n  a   =   b  \t\n", "deploy", "a", "b"},
    {"a quoted name", config, "[profile \"two words\"]\na=b\n", "two words", "a", "b"},
    {"CRLF", config, "[default]\r\na = b\r\n", "default", "a", "b"},
    {"a byte order mark", config, "\xEF\xBB\xBF[default]\na=b", "default", "a", "b"},
    {"no line end at the end", config, "[default]\na=b", "default", "a", "b"},
    {"whole-line comments", config, "# x\n; y\n[default]\n  # z\na=b\n", "default", "a", "b"},
    {"a comment behind a blank", config, "[default]\na=b #c\n", "default", "a", "b"},
    {"a number sign inside the value stays", config, "[default]\na=b#c;d\n", "default", "a", "b#c;d"},
    {"a comment behind the section", config, "[default] ; c\na=b\n", "default", "a", "b"},
    {"an equals sign inside the value stays", config, "[default]\na=b=c==\n", "default", "a", "b=c=="},
    {"names compare in lower case", config, "[default]\nRole_ARN=x\n", "default", "role_arn", "x"},
    {"an empty value is absent", config, "[default]\na=\nb=c\n", "default", "a", std::nullopt},
    {"a nested block is skipped", config, "[default]\ns3 =\n  region = nested\nregion = outer\n", "default", "region",
     "outer"},
    {"a nested block does not become a value", config, "[default]\ns3 =\n  region = nested\n", "default", "s3",
     std::nullopt},
    {"a deeper line continues the value", config, "[default]\na = b\n  c\n", "default", "a", "b\nc"},
    {"comment marks of a continuation are a part of it", config, "[default]\na = b\n  \"c #1\" ;d\n  e # f\n",
     "default", "a", "b\n\"c #1\" ;d\ne # f"},
    {"a line of comment inside a continuation is none", config, "[default]\na = b\n  # c\n  d\n", "default", "a",
     "b\nd"},
    {"no-break spaces around a value", of_credentials, "[default]\na =\u00a0b\u00a0\u202f\u3000\n", "default", "a",
     "b"},
    {"no-break spaces around a name", of_credentials, "[default]\n\ufeffa\u00a0=b\n", "default", "a", "b"},
    {"no-break spaces in a section's brackets", config, "[\u00a0profile\u00a0deploy\u2007]\u00a0\na=b\n", "default",
     "a", std::nullopt},
    {"a profile's name behind a no-break space", config, "[\u00a0profile\u00a0deploy\u2007]\u00a0\na=b\n", "deploy",
     "a", "b"},
    {"a comment behind a no-break space", config, "[default]\na=b\u00a0# c\n", "default", "a", "b"},
    {"a line of no-break spaces", config, "[default]\na=b\n\u00a0\u00a0\nc=d\n", "default", "c", "d"},
    {"indented by no-break spaces, whatever bytes they take", config, "[default]\n\u00a0a=b\n c=d\n", "default", "c",
     "d"},
    {"a no-break space inside a value stays", config, "[default]\na=b\u00a0c\n", "default", "a", "b\u00a0c"},
    {"a wholly indented section", of_credentials, "[default]\n  a = 1\n  b = 2\n", "default", "b", "2"},
    {"the later of two sections adds", config, "[default]\na=1\nb=1\n[default]\na=2\n", "default", "a", "2"},
    {"the later of two sections keeps", config, "[default]\na=1\nb=1\n[default]\na=2\n", "default", "b", "1"},
    {"an sso-session is no profile", config, "[sso-session default]\na=b\n[default]\nc=d\n", "default", "a",
     std::nullopt},
    {"an empty file", config, "", "default", "a", std::nullopt},
};

struct refusal {
    std::string name;
    std::string text;
    std::string says;
};

const std::vector<refusal> unreadable{
    {"an open bracket", "[default\n", "line 1"},
    {"text behind the bracket", "[default] x\n", "line 1"},
    {"no equals sign", "[default]\n\nhunter2\n", "line 3"},
    {"no name", "[default]\n= hunter2\n", "line 2"},
    {"a setting outside", "a = hunter2\n", "line 1"},
    {"a NUL byte", std::string("[default]\na=\0", 13), "NUL"},
};

}  // namespace

TEST_CASE("shared AWS files are read as the SDKs read them") {
    for (const auto& r : readable) {
        CAPTURE(r.name);
        const auto file = parse_profile_file(r.text, r.kind);
        REQUIRE(file.has_value());
        const auto found = file->profiles.find(r.profile);
        const auto value = found == file->profiles.end() ? std::nullopt : found->second.find(r.setting);
        CHECK(value.has_value() == r.value.has_value());
        if (value && r.value) CHECK(*value == *r.value);
    }
}

TEST_CASE("a services section's nested settings are read, and no profile's are") {
    const auto file = parse_profile_file(
        "[services local]\nsts =\n  endpoint_url = http://127.0.0.1:9 # here\n  Other = x\ns3 =\n  endpoint_url = "
        "http://127.0.0.1:8\nplain = y\n"
        "[profile local]\nsts =\n  endpoint_url = http://127.0.0.1:7\n",
        config);
    REQUIRE(file.has_value());
    const auto& local = file->services.at("local");
    CHECK(local.find("sts.endpoint_url") == "http://127.0.0.1:9");
    CHECK(local.find("sts.other") == "x");
    CHECK(local.find("s3.endpoint_url") == "http://127.0.0.1:8");
    CHECK(local.find("plain") == "y");
    CHECK_FALSE(file->profiles.at("local").has("sts.endpoint_url"));
    CHECK(parse_profile_file("[services local]\na=b\n", of_credentials)->services.empty());
}

TEST_CASE("a file that is none is refused by its line, never by its text") {
    for (const auto& r : unreadable) {
        CAPTURE(r.name);
        const auto profiles = parse_profile_file(r.text, config);
        REQUIRE_FALSE(profiles.has_value());
        CHECK(profiles.error().code == errc::invalid_configuration);
        CHECK(profiles.error().text().find(r.says) != std::string::npos);
        CHECK(profiles.error().text().find("hunter2") == std::string::npos);
    }
}

TEST_CASE("the credentials file wins, and takes the three parts of a key together") {
    auto from_config = parse_profile_file(
        "[default]\naws_access_key_id=C\naws_secret_access_key=c\naws_session_token=stale\nregion=r\n", config);
    auto from_credentials =
        parse_profile_file("[default]\naws_access_key_id=K\naws_secret_access_key=k\n[other]\na=b\n", of_credentials);
    REQUIRE(from_config.has_value());
    REQUIRE(from_credentials.has_value());
    const auto merged = merge_profiles(std::move(from_config->profiles), std::move(from_credentials->profiles));
    const auto& p = merged.at("default");
    CHECK(p.find("aws_access_key_id") == "K");
    CHECK(p.find("aws_secret_access_key") == "k");
    CHECK_FALSE(p.has("aws_session_token"));
    CHECK(p.find("region") == "r");
    CHECK(merged.at("other").find("a") == "b");
}

TEST_CASE("a token without a key takes nothing from the other file's, and joins it not") {
    auto from_config = parse_profile_file("[default]\naws_access_key_id=C\naws_secret_access_key=c\n", config);
    auto from_credentials =
        parse_profile_file("[default]\naws_session_token=stale\naws_security_token=old\n", of_credentials);
    REQUIRE(from_config.has_value());
    REQUIRE(from_credentials.has_value());
    const auto merged = merge_profiles(std::move(from_config->profiles), std::move(from_credentials->profiles));
    const auto& p = merged.at("default");
    CHECK(p.find("aws_access_key_id") == "C");
    CHECK(p.find("aws_secret_access_key") == "c");
    CHECK_FALSE(p.has("aws_session_token"));
    CHECK_FALSE(p.has("aws_security_token"));
}
