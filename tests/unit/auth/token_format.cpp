#include "auth/token_format.hpp"

#include "core/encoding.hpp"

#include <doctest/doctest.h>

#include <regex>
#include <set>

using namespace hourkey;

namespace {

constexpr wall_time now{std::chrono::seconds(1'800'000'000)};

errc parse_error(std::string_view text) {
    const auto parsed = auth::parse_token(text);
    return parsed ? errc{} : parsed.error().code;
}

/// With a checksum that is right for what is there.
std::string with_checksum(std::string body) {
    const auto crc = crc32(body);
    const std::array<unsigned char, 4> bytes{static_cast<unsigned char>(crc >> 24),
                                             static_cast<unsigned char>(crc >> 16),
                                             static_cast<unsigned char>(crc >> 8), static_cast<unsigned char>(crc)};
    return body + "_" + to_base62(bytes, 6);
}

}  // namespace

TEST_CASE("A made token has the form that secret scanners look for, and parses to its role and id") {
    const std::regex form("hk_(operator|admin|app|auditor)_[0-9A-HJKMNP-TV-Z]{26}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}");
    std::set<std::string> seen;
    for (const auto role : {model::role::operator_, model::role::admin, model::role::app, model::role::auditor}) {
        for (int i = 0; i < 200; ++i) {
            const auto made = auth::make_token(role, now);
            const std::string text(made.text.expose());
            CHECK(std::regex_match(text, form));
            CHECK(seen.insert(text).second);
            const auto parsed = auth::parse_token(text);
            REQUIRE(parsed.has_value());
            CHECK(parsed->role == role);
            CHECK(parsed->id == made.id);
        }
    }
}

TEST_CASE("A token with any one character changed, missing or doubled is refused") {
    const auto made = auth::make_token(model::role::app, now);
    const std::string good(made.text.expose());
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const char c : {'0', 'z', '_', ' ', '\0', '\x80'}) {
            if (good[i] == c) continue;
            auto bad = good;
            bad[i] = c;
            CHECK(parse_error(bad) == errc::unauthenticated);
        }
        CHECK(parse_error(good.substr(0, i)) == errc::unauthenticated);
        CHECK(parse_error(good.substr(0, i) + good.substr(i + 1)) == errc::unauthenticated);
        CHECK(parse_error(good.substr(0, i) + good[i] + good.substr(i)) == errc::unauthenticated);
    }
    CHECK(parse_error(good + "\n") == errc::unauthenticated);
    CHECK(parse_error(" " + good) == errc::unauthenticated);
}

TEST_CASE("A right checksum does not make a token of another shape good") {
    const std::string id = "01J0000000ABCDEFGHJKMNPQRS", digits(43, 'a');
    CHECK(parse_error(with_checksum("hk_app_" + id + "_" + digits)) == errc{});
    struct row {
        const char* name;
        std::string body;
    };
    const row rows[] = {
        {"unknown role", "hk_root_" + id + "_" + digits},
        {"empty role", "hk__" + id + "_" + digits},
        {"role in capitals", "hk_APP_" + id + "_" + digits},
        {"two roles", "hk_app_app_" + id + "_" + digits},
        {"id in lower case", "hk_app_01j0000000abcdefghjkmnpqrs_" + digits},
        {"id beyond 128 bits", "hk_app_81J0000000ABCDEFGHJKMNPQRS_" + digits},
        {"short secret", "hk_app_" + id + "_" + digits.substr(1)},
        {"secret outside base 62", "hk_app_" + id + "_" + digits.substr(1) + "-"},
        {"another prefix", "hourkey_app_" + id + "_" + digits},
        {"no prefix", "app_" + id + "_" + digits},
        {"another separator", "hk_app-" + id + "_" + digits},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(parse_error(with_checksum(r.body)) == errc::unauthenticated);
    }
}
