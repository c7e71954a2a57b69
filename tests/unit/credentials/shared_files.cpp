#include "credentials/shared_files.hpp"

#include "credentials/credential_plan.hpp"
#include "credentials_fixture.hpp"

#include <doctest/doctest.h>

#include <string>

#include <sys/stat.h>
#include <unistd.h>

using namespace hourkey;
using namespace hourkey::credentials;
using namespace hourkey::test;

namespace {

const std::string key_lines = "aws_access_key_id=AKIA\naws_secret_access_key=s\n";

std::string refusal(test_environment& variables) {
    const auto read = variables.reader();
    const auto plan = plan_credentials(read, std::nullopt, [&] { return read_shared_files(find_shared_files(read)); });
    REQUIRE_FALSE(plan.has_value());
    return plan.error().hint + " | " + plan.error().cause;
}

}  // namespace

TEST_CASE("a file that a variable names and that is not there is told, also when the other one is") {
    const scratch_folder folder;
    const auto empty = folder.put("empty", "");
    const auto bare = folder.put("bare", "[profile a]\nregion=eu-west-1\n");
    const auto chained =
        folder.put("chained", "[profile a]\nrole_arn=arn:aws:iam::111122223333:role/r\nsource_profile=b\n");
    const auto gone = folder.file("gone");
    struct row {
        const char* name;
        std::string config, credentials, expected;
    };
    for (const auto& r : {
             row{"the config file", "$HOME/config", empty,
                 "profile a (AWS_PROFILE) is not there: AWS_CONFIG_FILE names a file that is not there | config file: "
                 "$HOME/config,"},
             row{"the credentials file", empty, gone,
                 "profile a (AWS_PROFILE) is not there: AWS_SHARED_CREDENTIALS_FILE names a file that is not there |"},
             row{"both", gone, gone,
                 "is not there: AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name files that are not there |"},
             row{"below a file", empty + "/config", empty,
                 "is not there: AWS_CONFIG_FILE names a file that is not there |"},
             row{"the one with the keys", bare, gone,
                 "role_arn: AWS_SHARED_CREDENTIALS_FILE names a file that is not there |"},
             row{"the one with the source", chained, gone,
                 "do not have: AWS_SHARED_CREDENTIALS_FILE names a file that is not there |"},
             row{"none on purpose", "/dev/null", empty,
                 "profile a (AWS_PROFILE) is not in the shared config and credentials files |"},
             row{"none on purpose, twice", "/dev/null", "/dev/null",
                 "is not there: there is no shared config file and no shared credentials file |"},
             row{"not named", "", empty, "profile a (AWS_PROFILE) is not in the shared config and credentials files |"},
         }) {
        CAPTURE(r.name);
        test_environment variables;
        variables.set("HOME", folder.file("nobody"));
        variables.set("AWS_PROFILE", "a");
        variables.set("AWS_CONFIG_FILE", r.config);
        variables.set("AWS_SHARED_CREDENTIALS_FILE", r.credentials);
        const auto told = refusal(variables);
        CAPTURE(told);
        CHECK(told.find(r.expected) != std::string::npos);
    }
}

TEST_CASE("a shared file that others may write is read and noted, and one with keys that they may read") {
    struct row {
        const char* name;
        mode_t config, credentials;
        const char* lines;
        const char* expected;
    };
    for (const auto& r : {row{"their owner's", 0600, 0600, "", ""}, row{"a config that all read", 0644, 0400, "", ""},
                          row{"the group may write the config", 0620, 0600, "", "config written "},
                          row{"all may", 0666, 0600, "", "config written "},
                          row{"the group may read the keys", 0600, 0640, "", "credentials read "},
                          row{"all may", 0600, 0604, "", "credentials read "},
                          row{"all may write the keys", 0600, 0606, "", "credentials written "},
                          row{"both", 0666, 0644, "", "config written credentials read "},
                          row{"keys in the config", 0644, 0600, key_lines.c_str(), "config read "}}) {
        CAPTURE(r.name);
        const scratch_folder folder;
        const shared_file_paths paths{folder.put("config", std::string("[default]\nregion=eu-west-1\n") + r.lines),
                                      folder.put("credentials", "[default]\n" + key_lines)};
        if (::geteuid() == 0)  // a group of this process may read root's files
            for (const auto& path : {paths.config, paths.credentials})
                REQUIRE(::chown(path.c_str(), 54'321, 54'321) == 0);
        REQUIRE(::chmod(paths.config.c_str(), r.config) == 0);
        REQUIRE(::chmod(paths.credentials.c_str(), r.credentials) == 0);
        const auto files = read_shared_files(paths);
        REQUIRE(files.has_value());
        CHECK(files->profiles.at("default").has("aws_access_key_id"));
        std::string noted;
        for (const auto& file : files->loose)
            noted += file.path.substr(folder.file("").size()) + (file.is_writable ? " written " : " read ");
        CHECK(noted == r.expected);
    }
}
