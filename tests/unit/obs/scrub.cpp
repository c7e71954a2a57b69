#include "obs/scrub.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <random>
#include <string>

using hourkey::obs::scrub;

namespace {

const std::string secret43 = "5tQx0GvJ8mYc2LrWz7NbKd4HsPf9TaVu3EiCo6RhXqM";
const std::string id = "01J9ZQ3X5T7K8M2N4P6R0S1V3W";
// The examples of AWS's own documentation.
const std::string secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                  other_key = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY";

std::string base64(std::size_t size) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::mt19937 random(7);
    std::string out;
    for (std::size_t i = 0; i < size; ++i) out.push_back(alphabet[random() % 64]);
    return out;
}

}  // namespace

TEST_CASE("WhatLooksLikeASecretIsMasked") {
    struct row {
        const char* name;
        std::string line, scrubbed;
        std::size_t found;
    };
    const row rows[] = {
        {"app token", "x hk_app_" + id + "_" + secret43 + "_a1B2c3 y", "x hk_app_" + id + "_[masked] y", 1},
        {"operator token", "hk_operator_" + id + "_" + secret43 + "_a1B2c3", "hk_operator_" + id + "_[masked]", 1},
        {"admin token", "hk_admin_" + id + "_" + secret43 + "_a1B2c3", "hk_admin_" + id + "_[masked]", 1},
        {"auditor token", "hk_auditor_" + id + "_" + secret43 + "_a1B2c3", "hk_auditor_" + id + "_[masked]", 1},
        {"token in a header", "Bearer hk_app_" + id + "_" + secret43 + "_a1B2c3\"}",
         "Bearer hk_app_" + id + "_[masked]\"}", 1},
        {"two tokens", "hk_app_" + id + "_" + secret43 + "_a1B2c3hk_app_" + id + "_" + secret43 + "_a1B2c3",
         "hk_app_" + id + "_[masked]hk_app_" + id + "_[masked]", 2},
        {"token after a false start", "hk_hk_app_" + id + "_" + secret43 + "_a1B2c3", "hk_hk_app_" + id + "_[masked]",
         1},
        {"session token", R"({"t":")" + base64(200) + R"(="})", R"({"t":"[masked]="})", 1},
        {"session token in a form", "X-Amz-Security-Token=IQoJb3JpZ2luX2Vj%2F%2F%2F%2FabcDEF123&x=1",
         "X-Amz-Security-Token=[masked]&x=1", 1},
        {"short piece of a regional token", "IQoJb3" + std::string(26, 'a'), "[masked]", 1},
        {"short piece of a global token", "at FwoGZXIv" + std::string(26, 'a') + " end", "at [masked] end", 1},
        {"secret key", "key=" + secret_key + ";", "key=[masked];", 1},
        {"two secret keys", secret_key + " " + other_key, "[masked] [masked]", 2},
        {"at the very end after a leap", std::string(33, ' ') + secret_key, std::string(33, ' ') + "[masked]", 1},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        auto line = row.line;
        CHECK(scrub(line) == row.found);
        CHECK(line == row.scrubbed);
    }
}

TEST_CASE("WhatIsNoSecretStays") {
    const std::pair<const char*, std::string> rows[] = {
        {"empty", ""},
        {"plain line",
         R"({"ts":"2026-11-22T02:59:40.123Z","level":"info","msg":"vend issued","app":"web","status":200})"},
        {"token id alone", "hk_app_" + id},
        {"token cut off", "hk_app_" + id + "_" + secret43 + "_a1B2c"},
        {"unknown role", "hk_root_" + id + "_" + secret43 + "_a1B2c3"},
        {"lower case id", "hk_app_01j9zq3x5t7k8m2n4p6r0s1v3w_" + secret43 + "_a1B2c3"},
        {"access key id", "ASIAIOSFODNN7EXAMPLE"},
        {"ULID", id},
        {"SHA-1 in hex", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
        {"SHA-256 in hex", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"ARN", "arn:aws:iam::123456789012:role/hourkey/hourkey-c0a1b2"},
        {"managed policy of 40 characters", "AmazonEC2ContainerRegistryReadOnlyAccess"},
        {"path of 40 characters with a ULID", "/v1/tenants/t/" + id},
        {"39 characters", secret_key.substr(1)},
        {"41 characters", secret_key + "a"},
        {"199 characters", base64(199)},
        {"prefix with too little behind it", "IQoJb3" + std::string(25, 'a')},
        {"prefix near the end of a run", std::string(60, 'a') + "IQoJb3"},
    };
    for (const auto& [name, text] : rows) {
        CAPTURE(name);
        auto line = text;
        CHECK(scrub(line) == 0);
        CHECK(line == text);
    }
}

TEST_CASE("AMaskDoesNotBreakAnEscapeBeforeIt") {
    for (const std::string escape : {"\\n", "\\u001b", "\\\\", "\\\"", "\\t", "\\\\\\n"}) {
        CAPTURE(escape);
        auto line = R"({"m":")" + escape + secret_key + R"("})";
        CHECK(scrub(line) == 1);
        CHECK(line == R"({"m":")" + escape + R"([masked]"})");
        CHECK(nlohmann::json::accept(line));
    }
}

TEST_CASE("ASecretIsFoundWhereverItStands") {
    for (std::size_t before = 0; before < 100; ++before) {
        CAPTURE(before);
        std::string line = std::string(before, '.') + secret_key + std::string(before % 7, '.');
        CHECK(scrub(line) == 1);
        CHECK(line == std::string(before, '.') + "[masked]" + std::string(before % 7, '.'));
    }
}

TEST_CASE("NearlyEverySecretKeyIsRecognised") {
    const auto random = base64(40 * 1000);
    std::size_t found = 0;
    for (std::size_t i = 0; i < 1000; ++i) {
        auto line = random.substr(i * 40, 40);
        found += scrub(line);
    }
    CHECK(found > 970);
}
