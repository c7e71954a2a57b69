#include "credentials/sources/profile_keys.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace hourkey;
using namespace hourkey::credentials;

TEST_CASE("a profile's keys are a whole pair") {
    const std::string id = "aws_access_key_id", key = "aws_secret_access_key", token = "aws_session_token";
    const struct {
        std::map<std::string, std::string> lines;
        std::string expected;
    } rows[] = {
        {{{id, "AKIA"}, {key, "s"}}, "AKIA s "},
        {{{id, "ASIA"}, {key, "s"}, {token, "t"}}, "ASIA s t"},
        {{{id, "ASIA"}, {key, "s"}, {"aws_security_token", "t"}}, "ASIA s t"},
        {{{id, "AKIA"}}, "profile deploy has aws_access_key_id without aws_secret_access_key"},
        {{{key, "s"}}, "profile deploy has aws_secret_access_key without aws_access_key_id"},
        {{{id, "AKIA"}, {key, "s t"}},
         "profile deploy: the secret access key (aws_secret_access_key) is empty or holds a blank or a control "
         "character"},
        {{{id, "ASIA"}, {key, "s"}, {token, "'t'"}},
         "profile deploy: the session token (aws_session_token) is in quotes; leave them out"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.expected);
        profile p;
        for (const auto& [name, value] : r.lines) p.set(name, value);
        CHECK(has_key(p));
        const auto got = keys_of_profile(p, "deploy");
        CHECK((got ? got->access_key_id + " " + std::string(got->secret_access_key.expose()) + " " +
                         std::string(got->session_token.expose())
                   : got.error().hint) == r.expected);
    }
    CHECK_FALSE(has_key(profile{}));
}
