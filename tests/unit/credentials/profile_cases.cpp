// tests/vectors/profiles.json: what four AWS SDKs make of files that people have; "about" there says how to read it.
#include "platform.hpp"

#include "credentials/credential_fetch.hpp"
#include "credentials/sdk_settings.hpp"
#include "credentials/shared_files.hpp"
#include "source_tree.hpp"
#include "sts/endpoint.hpp"
#include "sts/operations.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): setenv() is POSIX's

using namespace hourkey;
using namespace hourkey::credentials;
using namespace hourkey::test;

namespace {

std::string replaced(std::string text, std::string_view what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

std::string from_base64(const std::string& text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        if (c == '=') break;
        bits = bits << 6 | static_cast<unsigned>(digits.find(c));
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> count & 0xFF);
    }
    return out;
}

std::string user_file(char letter) {
    return std::string("[default]\nregion = eu-west-1\naws_access_key_id = AKIA") + std::string(16, letter) +
           "\naws_secret_access_key = secret" + letter + "/+" + std::string(24, letter) + "\n";
}

/// One case's folder, its environment, and what comes of them.
class scene {
public:
    explicit scene(const nlohmann::json& c) {
        variables_.set("HOME", folder_.file("home"));
        variables_.set("AWS_CONFIG_FILE", folder_.file("config"));
        variables_.set("AWS_SHARED_CREDENTIALS_FILE", folder_.file("credentials"));
        for (const auto& [name, value] : c.at("environment").items()) set(name, value.get<std::string>());
        for (const auto& [name, content] : c.at("files").items()) {
            const auto text =
                content.is_string() ? content.get<std::string>() : from_base64(content.at("base64").get<std::string>());
            folder_.put(name, replaced(text, "@DIR@", folder_.file("").substr(0, folder_.file("").size() - 1)),
                        name == "p.sh" ? 0700 : 0400);
        }
    }
    ~scene() {
        for (const auto& name : exported_) ::unsetenv(name.c_str());
    }
    scene(const scene&) = delete;
    scene& operator=(const scene&) = delete;

    void set(const std::string& name, const std::string& value) {
        variables_.set(name, value);
        if (name.starts_with("AWS_")) return;
        ::setenv(name.c_str(), value.c_str(), 1);  // for the program
        exported_.insert(name);
    }
    [[nodiscard]] const scratch_folder& folder() const noexcept { return folder_; }

    /// "C > r2 > r1 @region", or "refused: " and why.
    std::string outcome() {
        const auto read = variables_.reader();
        const auto files = read_shared_files(find_shared_files(read));
        auto plan = plan_credentials(read, std::nullopt, [&] { return read_shared_files(find_shared_files(read)); });
        if (!plan) return told(plan.error());
        std::string roles;
        bool from_role = false;
        for (const auto& step : plan->steps) {
            roles += " > " + std::string(step.wanted.role.role_name()) + (step.external_id ? "+id" : "");
            const auto longest =
                from_role ? aws::longest_session_from(aws::base_identity::role_session) : aws::longest_session;
            if (const auto duration = std::min(step.wanted.duration, longest); duration != 3600s)
                roles += " dur=" + std::to_string(duration.count());
            from_role = true;
        }
        plan->steps.clear();
        auto root = fetch(*std::move(plan));
        if (!root) return told(root.error());
        const auto settings = read_sdk_settings(read, *files);
        if (!settings) return told(settings.error());
        const auto region = settings->region ? settings->region->value : std::string("us-east-1");
        if (!aws::has_region_form(region)) return "refused: " + settings->region->from;
        return user_of(root->keys) + roles + (region == "eu-west-1" ? "" : " @" + region);
    }

private:
    static std::string told(const failure& why) {
        return "refused: " + std::string(why.text()) + " " + why.hint + " " + why.cause;
    }

    static std::string user_of(const aws::credentials& keys) {
        const auto letter = keys.access_key_id.back();
        const auto expected = std::string("secret") + letter + "/+" + std::string(24, letter);
        return keys.access_key_id == "AKIA" + std::string(16, letter) && keys.secret_access_key.expose() == expected
                   ? std::string(1, letter)
                   : "another key";
    }

    result<sts::base_identity> fetch(credential_plan plan) {
        net::reactor on;
        auto nobody = no_sts(on);
        const auto settings = quick_settings(variables_);
        const fetch_tools tools{nobody, on, settings};
        return run_on(on, fetch_credentials(std::move(plan), tools));
    }

    scratch_folder folder_;
    test_environment variables_;
    std::set<std::string> exported_;
};

}  // namespace

TEST_CASE("of people's shared files the identity is chosen that the SDKs choose") {
    std::ifstream in(vectors_folder() + "/profiles.json");
    const auto vectors = nlohmann::json::parse(in);
    REQUIRE(vectors.at("cases").size() == 110);
    for (const auto& c : vectors.at("cases")) {
        const auto id = c.at("id").get<std::string>();
        CAPTURE(id);
        CAPTURE(c.at("what").get<std::string>());
        scene s(c);
        // Some cases say in words what their files do not hold.
        if (id == "c95-tilde") {
            std::filesystem::create_directories(s.folder().file("home/.aws"));
            s.folder().put("home/.aws/other", user_file('A'));
        } else if (id == "cC1-relative") {
            s.folder().program(
                "my tool.sh",
                "[ \"$1\" = '--name=a b' ] || exit 3\nprintf '{\"Version\":1,\"AccessKeyId\":\"AKIAAAAAAAAAAAAAAAAA\","
                "\"SecretAccessKey\":\"secretA/+AAAAAAAAAAAAAAAAAAAAAAAA\"}'\n");
        } else if (id == "c35-nbsp") {
            s.set("AWS_REGION", "eu-west-1");
        } else if (id == "d21-env-cr") {
            s.set("AWS_SECRET_ACCESS_KEY", c.at("environment").at("AWS_SECRET_ACCESS_KEY").get<std::string>() + "\r");
        }
        const auto expected = c.at("expect").get<std::string>();
        const auto got = s.outcome();
        if (expected != "refused") {
            CHECK(got == expected);
            continue;
        }
        INFO(got);
        CHECK(got.starts_with("refused: "));
        const auto names_something = [&](std::string_view what) { return got.find(what) != std::string::npos; };
        CHECK((names_something("config") || names_something("credentials file") || names_something("AWS_") ||
               names_something("region of profile")));
        CHECK_FALSE(names_something("secretA"));
    }
}
