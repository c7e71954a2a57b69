#include "core/name.hpp"

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

using namespace hourkey;

static_assert(!std::is_convertible_v<app_name, tenant_name> && !std::is_constructible_v<tenant_name, app_name>,
              "kinds of names do not mix");
static_assert(!std::is_constructible_v<tenant_name, std::string> && !std::is_default_constructible_v<tenant_name>,
              "only parse makes a name");

TEST_CASE("NamesFollowOneGrammar") {
    struct row {
        const char* name;
        std::string text;
        bool valid;
    };
    using namespace std::string_literals;
    const row rows[] = {
        {"one letter", "a", true},
        {"one digit", "7", true},
        {"letters, digits and dashes", "web-2-prod", true},
        {"dash at the end", "a-", true},
        {"two dashes", "a--b", true},
        {"63 characters", std::string(63, 'a'), true},
        {"64 characters", std::string(64, 'a'), false},
        {"empty", "", false},
        {"dash at the start", "-a", false},
        {"upper case", "Web", false},
        {"space before", " web", false},
        {"space after", "web ", false},
        {"line feed after", "web\n", false},
        {"NUL inside", "we\0b"s, false},
        {"NUL after", "web\0"s, false},
        {"dot", "a.b", false},
        {"only dots", "..", false},
        {"underscore", "a_b", false},
        {"slash", "a/b", false},
        {"percent", "a%2fb", false},
        {"umlaut", "m\xC3\xBCller", false},
        {"Cyrillic look-alike", "\xD0\xB0pp", false},
        {"full width", "\xEF\xBD\x81", false},
        {"zero width space", "web\xE2\x80\x8B", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(is_name(row.text) == row.valid);
        const auto parsed = tenant_name::parse(row.text);
        CHECK(parsed.has_value() == row.valid);
        if (parsed) CHECK(parsed->str() == row.text);
    }
}

TEST_CASE("EveryByteIsJudgedInFirstAndLaterPlace") {
    for (unsigned byte = 0; byte < 256; ++byte) {
        CAPTURE(byte);
        const char c = static_cast<char>(byte);
        const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        CHECK(is_name(std::string(1, c)) == alphanumeric);
        CHECK(is_name(std::string("a") + c) == (alphanumeric || c == '-'));
    }
}

TEST_CASE("AnInvalidNameNamesItsKind") {
    CHECK(tenant_name::parse("X").error().message == "tenant is not a valid name");
    CHECK(app_name::parse("X").error().message == "app is not a valid name");
    CHECK(connection_name::parse("X").error().message == "connection is not a valid name");
    CHECK_FALSE(app_name::parse("X").error().hint.empty());
}

TEST_CASE("NamesCompareByTheirText") {
    CHECK((app_name::parse("a").value() == app_name::parse("a").value()));
    CHECK((app_name::parse("a").value() < app_name::parse("b").value()));
}
