#include "clients/cli/diagnosis.hpp"

#include <doctest/doctest.h>

namespace hourkey::cli {
namespace {

/// Each finding that is not good, as "state subject".
std::vector<std::string> troubles(const machine& here) {
    std::vector<std::string> out;
    for (const auto& f : diagnose(here)) {
        CHECK(f.what.find("s3cret") == std::string::npos);
        CHECK(f.fix.empty() == (f.how == severity::good));
        if (f.how != severity::good) out.push_back((f.how == severity::bad ? "bad " : "doubtful ") + f.subject);
    }
    return out;
}

machine with(std::vector<std::string_view> entries) {
    return {.entries = std::move(entries), .credentials = {}, .config = {}};
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("A machine with nothing on it is well, and it is said what was looked at") {
    const auto found = diagnose(with({"PATH=/bin", "AWS_PROFILE=", "AWS_REGION=x"}));
    CHECK(found.size() == 3);
    for (const auto& f : found) CHECK(f.how == severity::good);
}

TEST_CASE("Each variable that leads elsewhere is found") {
    for (const auto* entry : {"AWS_ACCESS_KEY_ID=s3cret", "AWS_PROFILE=s3cret", "AWS_DEFAULT_PROFILE=s3cret",
                              "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/s3cret", "AWS_WEB_IDENTITY_TOKEN_FILE=/s3cret",
                              "AWS_DEV_PROFILE=s3cret", "AWS_CONTAINER_CREDENTIALS_FULL_URI=https://s3cret"}) {
        CAPTURE(entry);
        CHECK(troubles(with({entry})) == list{"doubtful variables"});
    }
    CHECK(troubles(with({"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1"})).empty());
    CHECK(troubles(with({"AWS_CONTAINER_AUTHORIZATION_TOKEN=s3cret"})).empty());
    CHECK(troubles(with({"AWS_CONTAINER_AUTHORIZATION_TOKEN=s3cret", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/x"})) ==
          list{"doubtful variables"});
}

TEST_CASE("Files that win over hourkey, or are read by some tools only, are found") {
    auto here = with({});
    here.credentials = {"/c", "[default]\naws_access_key_id = s3cret\n"};
    CHECK(troubles(here) == list{"bad default keys"});
    here = with({});
    here.credentials = {"/c", "[other]\naws_access_key_id = s3cret\n"};
    CHECK(troubles(here).empty());
    here.config = {"/d", "[default]\ncredential_process = x\n"};
    CHECK(troubles(here) == list{"doubtful default profile"});
    here.config = {"/d", "[profile a]\ncredential_process = /usr/bin/hourkey credential-process a\n"};
    CHECK(troubles(here) == list{"doubtful AWS_SDK_LOAD_CONFIG"});
    here.entries = {"AWS_SDK_LOAD_CONFIG=1"};
    CHECK(troubles(here).empty());
    here.container_token_file = file_text{"/t", "s3cret\n"};
    CHECK(troubles(here) == list{"bad token file"});
    here.container_token_file = file_text{"/t", "s3cret"};
    CHECK(troubles(here).empty());
}

TEST_CASE("A metadata service is a danger unless it is switched off") {
    auto here = with({});
    here.metadata_answers = true;
    CHECK(troubles(here) == list{"bad machine's role"});
    here.entries = {"AWS_EC2_METADATA_DISABLED=true"};
    CHECK(troubles(here).empty());
}

}  // namespace hourkey::cli
