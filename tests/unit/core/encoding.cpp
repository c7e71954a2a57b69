#include "core/encoding.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

using namespace hourkey;
using namespace std::string_literals;

namespace {

std::vector<unsigned char> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

TEST_CASE("HexGoesThereAndBack") {
    std::vector<unsigned char> all;
    for (unsigned b = 0; b < 256; ++b) all.push_back(static_cast<unsigned char>(b));
    const auto text = to_hex(all);
    CHECK(text.substr(0, 8) == "00010203");
    CHECK(text.substr(508) == "feff");
    CHECK(bytes_of(from_hex(text).value()) == all);
    CHECK(from_hex("DEADbeef").value() == "\xDE\xAD\xBE\xEF");
    CHECK(from_hex("").value().empty());
    std::string appended = "x=";
    append_hex(appended, std::array<unsigned char, 2>{0xAB, 0x01});
    CHECK(appended == "x=ab01");
}

TEST_CASE("TextThatIsNotHexIsRefused") {
    for (const auto& text : {"a"s, "abc"s, "0g"s, "g0"s, " 0"s, "0x"s, "-1"s, "a\0"s, "\xFF\xFF"s}) {
        CAPTURE(text);
        CHECK_FALSE(from_hex(text).has_value());
    }
}

TEST_CASE("Base62IsABigEndianNumberPaddedToItsWidth") {
    struct row {
        std::vector<unsigned char> bytes;
        std::size_t width;
        const char* text;
    };
    const row rows[] = {
        {{}, 3, "000"},
        {{0}, 1, "0"},
        {{9}, 1, "9"},
        {{10}, 1, "A"},
        {{35}, 1, "Z"},
        {{36}, 1, "a"},
        {{61}, 1, "z"},
        {{62}, 2, "10"},
        {{0x0F, 0x03}, 2, "zz"},
        {{0x0F, 0x04}, 3, "100"},
        {{0xFF, 0xFF, 0xFF, 0xFF}, 6, "4gfFC3"},
        {std::vector<unsigned char>(32, 0xFF), 43, "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        CHECK(to_base62(row.bytes, row.width) == row.text);
        CHECK(is_base62(row.text));
    }
    for (const auto& text : {"a-b"s, "a_b"s, " "s, "a\0"s, "\xC3\xA9"s, "+"s, "/"s, "@"s, "["s, "`"s, "{"s, ":"s})
        CHECK_FALSE(is_base62(text));
}

TEST_CASE("PercentEncodingLeavesOnlyTheUnreserved") {
    constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    for (unsigned byte = 0; byte < 256; ++byte) {
        CAPTURE(byte);
        const std::string one(1, static_cast<char>(byte));
        const auto encoded = percent_encoded(one);
        if (unreserved.find(one) != std::string_view::npos) {
            CHECK(encoded == one);
        } else {
            CHECK(encoded.size() == 3);
            CHECK(encoded[0] == '%');
        }
        CHECK(percent_decoded(encoded).value() == one);
    }
    CHECK(percent_encoded("a b/+\xC3\xBF") == "a%20b%2F%2B%C3%BF");
    std::string appended = "q=";
    append_percent_encoded(appended, "=");
    CHECK(appended == "q=%3D");
}

TEST_CASE("PercentDecodingTakesBothCasesAndLeavesPlus") {
    CHECK(percent_decoded("%41%4a%4A+x").value() == "AJJ+x");
    CHECK(percent_decoded("").value().empty());
    for (const auto& text : {"%"s, "%4"s, "a%4"s, "%4g"s, "%g4"s, "%%41"s,
                             "%\0"
                             "41"s,
                             "% 41"s}) {
        CAPTURE(text);
        CHECK_FALSE(percent_decoded(text).has_value());
    }
}

TEST_CASE("Crc32IsZlibs") {
    CHECK(crc32("") == 0);
    CHECK(crc32("123456789") == 0xCBF43926U);  // the check value of CRC-32/ISO-HDLC
    CHECK(crc32("The quick brown fox jumps over the lazy dog") == 0x414FA339U);
    CHECK(crc32("\xFF\xFF\xFF\xFF") == 0xFFFFFFFFU);
}

TEST_CASE("Utf8IsWhatRfc3629Says") {
    struct row {
        const char* name;
        std::string text;
        std::size_t first;  // the size of the sequence it starts with
        bool valid;
    };
    const row rows[] = {
        {"empty", "", 0, true},
        {"ASCII", "plain", 1, true},
        {"NUL", "\0"s, 1, true},
        {"lowest of two", "\xC2\x80", 2, true},
        {"highest of two", "\xDF\xBF", 2, true},
        {"lowest of three", "\xE0\xA0\x80", 3, true},
        {"before the surrogates", "\xED\x9F\xBF", 3, true},
        {"after the surrogates", "\xEE\x80\x80", 3, true},
        {"highest of three", "\xEF\xBF\xBF", 3, true},
        {"lowest of four", "\xF0\x90\x80\x80", 4, true},
        {"U+10FFFF", "\xF4\x8F\xBF\xBF", 4, true},
        {"continuation alone", "\x80", 0, false},
        {"overlong of two", "\xC0\x80", 0, false},
        {"overlong of two, highest", "\xC1\xBF", 0, false},
        {"overlong of three", "\xE0\x9F\xBF", 0, false},
        {"overlong of four", "\xF0\x8F\xBF\xBF", 0, false},
        {"first surrogate", "\xED\xA0\x80", 0, false},
        {"last surrogate", "\xED\xBF\xBF", 0, false},
        {"beyond U+10FFFF", "\xF4\x90\x80\x80", 0, false},
        {"F5", "\xF5\x80\x80\x80", 0, false},
        {"FE", "\xFE", 0, false},
        {"cut after one of two", "\xC3", 0, false},
        {"cut after two of three", "\xE2\x82", 0, false},
        {"cut after three of four", "\xF0\x9F\x98", 0, false},
        {"continuation missing in the middle",
         "\xE2"
         "a\x82",
         0, false},
        {"valid, then not", "ok\xFF", 1, false},
        {"one continuation too many", "\xC3\xA9\xA9", 2, false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(utf8_sequence_size(row.text) == row.first);
        CHECK(is_valid_utf8(row.text) == row.valid);
    }
}

TEST_CASE("AViewThatEndsInsideASequenceIsNotReadBeyondItsEnd") {
    constexpr std::string_view euro = "\xE2\x82\xAC";
    CHECK(utf8_sequence_size(euro.substr(0, 2)) == 0);
    CHECK_FALSE(is_valid_utf8(euro.substr(0, 2)));
}
