#include "json/writer.hpp"

#include "core/encoding.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

using hourkey::json::writer;

namespace {

std::string written(std::string_view text) { return writer().string(text).take(); }

}  // namespace

TEST_CASE("AVendAnswerIsWrittenByteForByte") {
    writer out(512);
    out.begin_object().integer("Version", 1).string("AccessKeyId", "ASIAEXAMPLE").boolean("ok", true).null("none");
    out.key("list")
        .begin_array()
        .integer(1)
        .string("two")
        .boolean(false)
        .null()
        .begin_object()
        .end_object()
        .begin_array()
        .end_array()
        .end_array();
    out.key("object").begin_object().string("a", "b").end_object().integer("last", -5).end_object();
    CHECK(
        out.take() ==
        R"({"Version":1,"AccessKeyId":"ASIAEXAMPLE","ok":true,"none":null,"list":[1,"two",false,null,{},[]],"object":{"a":"b"},"last":-5})");
}

TEST_CASE("TheWriterIsEmptyAfterTake") {
    writer out;
    CHECK(out.begin_array().integer(1).end_array().take() == "[1]");
    CHECK(out.text().empty());
    CHECK(out.integer(2).take() == "2");
}

TEST_CASE("TheWriterDoesNotAllocateWithinItsExpectedSize") {
    writer out(2000);
    out.begin_object();
    const auto* const before = out.text().data();
    out.string("SessionToken", std::string(1500, 'a')).end_object();
    CHECK(out.text().data() == before);
}

TEST_CASE("IntegersOfTheWholeRangeAreWritten") {
    CHECK(writer().integer(INT64_MIN).take() == "-9223372036854775808");
    CHECK(writer().integer(INT64_MAX).take() == "9223372036854775807");
    CHECK(writer().integer(0).take() == "0");
}

TEST_CASE("StringsAreEscaped") {
    struct row {
        const char* name;
        std::string_view text;
        std::string_view json;
    };
    using namespace std::string_view_literals;
    const row rows[] = {
        {"plain", "plain text/~", R"("plain text/~")"},
        {"empty", "", R"("")"},
        {"quote and backslash", "a\"b\\c", R"("a\"b\\c")"},
        {"line ends and tab", "\r\n\t", R"("\r\n\t")"},
        {"NUL", "a\0b"sv, R"("a\u0000b")"},
        {"escape and delete", "\x1b[31m\x7f", R"("\u001b[31m\u007f")"},
        {"two bytes", "\xC3\xA9", "\"\xC3\xA9\""},
        {"C1 control",
         "\xC2\x9B"
         "31m",
         R"("\u009b31m")"},
        {"first after C1", "\xC2\xA0", "\"\xC2\xA0\""},
        {"line separator", "\xE2\x80\xA8", R"("\u2028")"},
        {"right-to-left override", "\xE2\x80\xAE", R"("\u202e")"},
        {"isolate", "\xE2\x81\xA6", R"("\u2066")"},
        {"euro", "\xE2\x82\xAC", "\"\xE2\x82\xAC\""},
        {"four bytes", "x\xF0\x9F\x98\x80y", "\"x\xF0\x9F\x98\x80y\""},
        {"lone continuation", "a\x80z", "\"a\xEF\xBF\xBDz\""},
        {"overlong slash", "\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"surrogate", "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"beyond U+10FFFF", "\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"cut off at the end", "ab\xE2\x82", "\"ab\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(written(row.text) == row.json);
    }
}

TEST_CASE("EveryByteIsEscapedAtEveryPlaceOfALongText") {
    for (std::size_t at = 0; at < 24; ++at) {
        for (unsigned byte = 0; byte < 256; ++byte) {
            std::string text(24, 'a');
            text[at] = static_cast<char>(byte);
            const auto alone = written(text.substr(at, 1));
            CHECK(written(text) ==
                  '"' + std::string(at, 'a') + alone.substr(1, alone.size() - 2) + std::string(23 - at, 'a') + '"');
        }
    }
}

TEST_CASE("KeysAreEscapedToo") {
    CHECK(writer().begin_object().integer("a\"\n", 1).end_object().take() == R"({"a\"\n":1})");
}

TEST_CASE("EveryPairOfBytesComesBackFromAnotherParser") {
    for (unsigned pair = 0; pair < 65536; ++pair) {
        const std::string text{static_cast<char>(pair >> 8), static_cast<char>(pair & 0xFF)};
        const auto parsed = nlohmann::json::parse(written(text), nullptr, false);
        REQUIRE(parsed.is_string());
        if (hourkey::is_valid_utf8(text)) REQUIRE(parsed.get<std::string>() == text);
    }
}
