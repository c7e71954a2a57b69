#include "clients/cli/child_environment.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace hourkey::cli {
namespace {

using entries = std::vector<std::string_view>;

api::credentials vended() {
    api::credentials c;
    c.access_key_id = "ASIAEXAMPLE";
    c.secret_access_key = secret("s/cret+");
    c.session_token = secret("t0ken==");
    c.expiration = wall_time(std::chrono::hours(1));
    c.account_id = "123456789012";
    return c;
}

credentials_endpoint endpoint() {
    return {"http://127.0.0.1:4/x", secret("agent-token"), "/run/credentials", "/run/config"};
}

std::vector<std::string> child_of(const child_identity& who, const entries& own, inheritance what = inheritance::all) {
    auto out = changed(own, changes_for(who, own), what);
    std::ranges::sort(out);
    return out;
}

const std::vector<std::string> with_keys{
    "AWS_ACCESS_KEY_ID=ASIAEXAMPLE",  "AWS_ACCOUNT_ID=123456789012",   "AWS_CREDENTIAL_EXPIRATION=1970-01-01T01:00:00Z",
    "AWS_EC2_METADATA_DISABLED=true", "AWS_SECRET_ACCESS_KEY=s/cret+", "AWS_SESSION_TOKEN=t0ken==",
    "HOURKEY_CONNECTION=demo"};
const std::vector<std::string> with_endpoint{"AWS_CONFIG_FILE=/run/config",
                                             "AWS_CONTAINER_AUTHORIZATION_TOKEN=agent-token",
                                             "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:4/x",
                                             "AWS_EC2_METADATA_DISABLED=true",
                                             "AWS_SDK_LOAD_CONFIG=1",
                                             "AWS_SHARED_CREDENTIALS_FILE=/run/credentials",
                                             "HOURKEY_CONNECTION=demo"};

/// Every variable by which some client finds another identity.
const entries others{"AWS_PROFILE=p",
                     "AWS_DEFAULT_PROFILE=p",
                     "AWS_ACCESS_KEY_ID=AKIAOTHER",
                     "AWS_SECRET_ACCESS_KEY=other",
                     "AWS_SESSION_TOKEN=other",
                     "AWS_SECURITY_TOKEN=other",
                     "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/other",
                     "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://other",
                     "AWS_CONTAINER_AUTHORIZATION_TOKEN=other",
                     "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/other",
                     "AWS_WEB_IDENTITY_TOKEN_FILE=/other",
                     "AWS_ROLE_ARN=other",
                     "AWS_ROLE_SESSION_NAME=other",
                     "AWS_CREDENTIAL_FILE=/other",
                     "AWS_CREDENTIAL_PROFILES_FILE=/other",
                     "AWS_CREDENTIAL_EXPIRATION=other",
                     "AWS_ACCOUNT_ID=999999999999",
                     "AWS_ACCESS_KEY=other",
                     "AWS_SECRET_KEY=other",
                     "AMAZON_ACCESS_KEY_ID=other",
                     "AMAZON_SECRET_ACCESS_KEY=other",
                     "AMAZON_SESSION_TOKEN=other",
                     "EC2_ACCESS_KEY=other",
                     "EC2_SECRET_KEY=other",
                     "EC2_SECURITY_TOKEN=other",
                     "AWS_EC2_METADATA_DISABLED=false",
                     "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://other",
                     "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6",
                     "AWS_DEV_PROFILE=p",
                     "AWS_PROD_EU_ACCESS_KEY_ID=AKIAOTHER",
                     "AWS_DEV_SECRET_ACCESS_KEY=other",
                     "AWS_DEV_SESSION_TOKEN=other",
                     "HOURKEY_TOKEN=hk_other",
                     "HOURKEY_TOKEN_FILE=/other"};

}  // namespace

TEST_CASE("A child with keys has these and none that lead to another identity") {
    const auto keys = vended();
    CHECK(child_of({.connection = "demo", .from = &keys, .region = {}}, others) == with_keys);
}

TEST_CASE("A child with an endpoint has no keys, and files that hide the user's own") {
    const auto at = endpoint();
    auto own = others;
    own.insert(own.end(),
               {"AWS_CONFIG_FILE=/home/u/.aws/config", "AWS_SHARED_CREDENTIALS_FILE=/home/u/.aws/credentials"});
    CHECK(child_of({.connection = "demo", .from = &at, .region = {}}, own) == with_endpoint);
}

TEST_CASE("What says nothing of an identity stays as it is, empty and odd entries too") {
    const auto keys = vended();
    const entries own{"PATH=/bin",
                      "A=",
                      "ODD",
                      "=X",
                      "AWS_PAGER=",
                      "AWS_ENDPOINT_URL=http://x",
                      "AWS_CONFIG_FILE=/c",
                      "AWS_MAX_ATTEMPTS=3",
                      "MY_AWS_PROFILE=p",
                      "AWS_REGION=eu-west-1",
                      "HOURKEY_URL=https://x"};
    std::vector<std::string> wanted(own.begin(), own.end());
    wanted.insert(wanted.end(), with_keys.begin(), with_keys.end());
    std::ranges::sort(wanted);
    CHECK(child_of({.connection = "demo", .from = &keys, .region = {}}, own) == wanted);
}

TEST_CASE("A region that is known goes before the caller's") {
    const auto keys = vended();
    auto wanted = with_keys;
    wanted.insert(wanted.end(), {"AWS_DEFAULT_REGION=eu-north-1", "AWS_REGION=eu-north-1"});
    std::ranges::sort(wanted);
    CHECK(child_of({.connection = "demo", .from = &keys, .region = "eu-north-1"},
                   {"AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-2"}) == wanted);
}

TEST_CASE("The token of hourkey's API stays when it is asked for") {
    const auto keys = vended();
    const auto kept = child_of({.connection = "demo", .from = &keys, .region = {}, .keeps_token = true},
                               {"HOURKEY_TOKEN=t", "HOURKEY_TOKEN_FILE=/t"});
    CHECK(std::ranges::count(kept, "HOURKEY_TOKEN=t") == 1);
    CHECK(std::ranges::count(kept, "HOURKEY_TOKEN_FILE=/t") == 1);
}

TEST_CASE("Each variable of a stage is told of, and no other") {
    const auto keys = vended();
    const auto changes = changes_for({.connection = "demo", .from = &keys, .region = {}}, others);
    CHECK(changes.notes.size() == 4);
    CHECK(changes.notes.front().starts_with("AWS_DEV_PROFILE "));
    for (const auto& sentence : changes.notes) CHECK(sentence.find("other") == std::string::npos);
    const entries twice{"AWS_DEV_PROFILE=a", "AWS_DEV_PROFILE=b"};
    CHECK(changes_for({.connection = "demo", .from = &keys, .region = {}}, twice).notes.size() == 1);
}

TEST_CASE("A pristine child has of its caller what a program needs to run") {
    const auto keys = vended();
    const entries own{"PATH=/bin", "HOME=/h",      "LC_ALL=C", "LD_PRELOAD=/x", "AWS_ENDPOINT_URL=http://x",
                      "FOO=bar",   "AWS_PROFILE=p"};
    auto wanted = with_keys;
    wanted.insert(wanted.end(), {"PATH=/bin", "HOME=/h", "LC_ALL=C"});
    std::ranges::sort(wanted);
    CHECK(child_of({.connection = "demo", .from = &keys, .region = {}}, own, inheritance::pristine) == wanted);
}

}  // namespace hourkey::cli
