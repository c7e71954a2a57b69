#include "core/json_escape.hpp"

#include "core/encoding.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <random>
#include <string>

using namespace hourkey;

TEST_CASE("EscapedTextIsAppendedWithoutQuotes") {
    std::string out = "before ";
    append_json_escaped(out, "a\"b\n");
    CHECK(out == R"(before a\"b\n)");
}

TEST_CASE("RandomTextsComeBackFromAnotherParser") {
    std::mt19937 random(1);
    constexpr std::string_view pieces[] = {"a",
                                           "plain words",
                                           "\"",
                                           "\\",
                                           "\n",
                                           "\x1b",
                                           "\x7f",
                                           "\xC3\xA9",
                                           "\xC2\x85",
                                           "\xE2\x80\xA8",
                                           "\xE2\x81\xA6",
                                           "\xE2\x82\xAC",
                                           "\xF0\x9F\x98\x80"};
    for (int i = 0; i < 2000; ++i) {
        std::string text;
        for (auto n = random() % 12; n != 0; --n) text += pieces[random() % std::size(pieces)];
        REQUIRE(is_valid_utf8(text));
        std::string out;
        append_json_escaped(out, text);
        REQUIRE(nlohmann::json::parse('"' + out + '"').get<std::string>() == text);
    }
}

TEST_CASE("RandomBytesBecomeWellFormedPrintableText") {
    std::mt19937 random(2);
    for (int i = 0; i < 2000; ++i) {
        std::string bytes, out;
        for (auto n = random() % 40; n != 0; --n) bytes.push_back(static_cast<char>(random()));
        append_json_escaped(out, bytes);
        REQUIRE(nlohmann::json::accept('"' + out + '"'));
        for (const char c : out) REQUIRE((static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
        if (!is_valid_utf8(bytes)) REQUIRE(out.find("\xEF\xBF\xBD") != std::string::npos);
    }
}
