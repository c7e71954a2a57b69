#include "credentials/sources/environment_keys.hpp"

#include "unit/credentials/platform.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace hourkey;
using namespace hourkey::credentials;
using namespace hourkey::test;

TEST_CASE("keys of the environment are whole and without quotes, or none") {
    const std::string id = "AWS_ACCESS_KEY_ID", key = "AWS_SECRET_ACCESS_KEY", token = "AWS_SESSION_TOKEN",
                      end = "AWS_CREDENTIAL_EXPIRATION";
    const struct {
        std::map<std::string, std::string> env;
        std::string expected;
    } rows[] = {
        {{}, "none"},
        {{{id, ""}, {key, ""}}, "none"},
        {{{id, "AKIA"}, {key, "s"}}, "AKIA s "},
        {{{id, "ASIA"}, {key, "s"}, {token, "t"}, {end, later}}, "ASIA s t until " + later},
        {{{id, "ASIA"}, {key, "s"}, {"AWS_SECURITY_TOKEN", "t"}}, "ASIA s t"},
        {{{id, "AKIA"}}, "environment: AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY"},
        {{{key, "s"}}, "environment: AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID"},
        {{{id, "ASIA"}, {key, "s"}, {end, "soon"}}, "environment: AWS_CREDENTIAL_EXPIRATION is not an RFC 3339 time"},
        {{{id, "AKIA"}, {key, "\"s\""}},
         "environment: the secret access key (AWS_SECRET_ACCESS_KEY) is in quotes; leave them out"},
        {{{id, "AKIA x"}, {key, "s"}},
         "environment: the access key id (AWS_ACCESS_KEY_ID) is not 1..128 of A-Z a-z 0-9 _"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.expected);
        test_environment variables;
        for (const auto& [name, value] : r.env) variables.set(name, value);
        const auto got = keys_of_environment(variables.reader());
        if (!got)
            CHECK(got.error().hint == r.expected);
        else if (!*got)
            CHECK(r.expected == "none");
        else
            CHECK((*got)->access_key_id + " " + std::string((*got)->secret_access_key.expose()) + " " +
                      std::string((*got)->session_token.expose()) +
                      ((*got)->expiration ? " until " + to_rfc3339(*(*got)->expiration) : "") ==
                  r.expected);
    }
}
