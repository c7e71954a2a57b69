#include "json/reader.hpp"

#include "core/secret.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hourkey;

namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

/// {"a":[[...]]} that is `levels` deep with the object itself.
std::string nested(std::size_t levels) {
    return R"({"a":)" + repeated("[", levels - 1) + repeated("]", levels - 1) + "}";
}

/// {"a":[0,0,...]} of exactly `events` events: two ends of the object, a key, two ends of the array and the elements.
std::string with_events(std::size_t events) { return R"({"a":[)" + repeated("0,", events - 6) + "0]}"; }

failure error_of(std::string_view body) {
    const auto parsed = json::parse(body);
    REQUIRE_FALSE(parsed.has_value());
    return parsed.error();
}

}  // namespace

TEST_CASE("TypedFieldsAreRead") {
    auto body = json::parse(R"( {"role":"app","app":"web","expires_in_seconds":3600,"dry_run":true,"off":false,
        "context":{"stage":"prod","deep":{"n":-7}},"refs":["a","b"],"none":[],"region":null} )");
    REQUIRE(body.has_value());
    auto root = body->root();
    CHECK(root.string("role").value() == "app");
    CHECK(root.optional_string("app").value().value() == "web");
    CHECK(root.integer("expires_in_seconds", 1, 3600).value() == 3600);
    CHECK(root.optional_boolean("dry_run").value().value());
    CHECK_FALSE(root.optional_boolean("off").value().value());
    auto context = root.optional_object("context").value();
    REQUIRE(context);
    CHECK(context->string("stage").value() == "prod");
    auto deep = context->optional_object("deep").value();
    REQUIRE(deep);
    CHECK(deep->integer("n", -7, 0).value() == -7);
    CHECK(deep->finish().has_value());
    CHECK(context->finish().has_value());
    CHECK((root.optional_strings("refs").value().value() == std::vector<std::string_view>{"a", "b"}));
    CHECK(root.optional_strings("none").value().value().empty());
    CHECK_FALSE(root.has("region"));
    CHECK_FALSE(root.has("absent"));
    CHECK(root.has("role"));
    CHECK(root.finish().has_value());
}

TEST_CASE("AnAbsentOrNullOptionalFieldIsEmpty") {
    for (const std::string_view text : {R"({})", R"({"x":null})"}) {
        CAPTURE(text);
        auto body = json::parse(text);
        REQUIRE(body.has_value());
        auto root = body->root();
        CHECK_FALSE(root.optional_string("x").value().has_value());
        CHECK_FALSE(root.optional_integer("x", 0, 9).value().has_value());
        CHECK_FALSE(root.optional_boolean("x").value().has_value());
        CHECK_FALSE(root.optional_object("x").value().has_value());
        CHECK_FALSE(root.optional_strings("x").value().has_value());
        CHECK(root.string("x").error().message == "x is missing");
        CHECK(root.integer("x", 0, 9).error().message == "x is missing");
        CHECK(root.finish().has_value());
    }
}

TEST_CASE("ObjectsOfAnArrayAreReadOneByOne") {
    auto body = json::parse(R"({"steps":[{"id":"a"},{"id":7}],"none":[],"mixed":[{},"x"],"text":"x"})");
    REQUIRE(body.has_value());
    auto root = body->root();
    auto steps = root.optional_objects("steps").value().value();
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].string("id").value() == "a");
    CHECK(steps[1].string("id").error().message == "steps[1].id must be a string");
    CHECK(root.optional_objects("none").value().value().empty());
    CHECK_FALSE(root.optional_objects("absent").value().has_value());
    CHECK(root.optional_objects("mixed").error().message == "mixed must be an array of objects");
    CHECK(root.optional_objects("text").error().message == "text must be an array of objects");
}

TEST_CASE("EscapedTextIsUnescaped") {
    auto body = json::parse(R"({"t":"\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00 \u20ac"})");
    REQUIRE(body.has_value());
    CHECK(body->root().string("t").value() == "\"\\/\b\f\n\r\tA\xC3\xA9\xF0\x9F\x98\x80 \xE2\x82\xAC");
}

TEST_CASE("ManyTextsStayValidTogether") {
    std::string text = "{";
    for (int i = 0; i < 600; ++i)
        text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":\"value " + std::to_string(i) + "\"";
    auto body = json::parse(text + "}");
    REQUIRE(body.has_value());
    auto root = body->root();
    for (int i = 0; i < 600; ++i) {
        const auto name = "k" + std::to_string(i);
        CHECK(root.string(name).value() == "value " + std::to_string(i));
    }
}

TEST_CASE("MalformedBodiesAreRefused") {
    struct row {
        const char* name;
        std::string body;
        const char* says;
    };
    const row rows[] = {
        {"empty", "", "is not valid JSON"},
        {"white space only", "  ", "is not valid JSON"},
        {"cut off", R"({"a":1)", "is not valid JSON"},
        {"trailing data", R"({"a":1} x)", "is not valid JSON"},
        {"two documents", "{}{}", "is not valid JSON"},
        {"trailing comma", R"({"a":1,})", "is not valid JSON"},
        {"comment", "{} // x", "is not valid JSON"},
        {"single quotes", "{'a':1}", "is not valid JSON"},
        {"NaN", R"({"a":NaN})", "is not valid JSON"},
        {"infinite number", R"({"a":1e400})", "is not valid JSON"},
        {"leading zero", R"({"a":01})", "is not valid JSON"},
        {"raw control character", "{\"a\":\"\n\"}", "is not valid JSON"},
        {"raw NUL", std::string("{\"a\":\"\0\"}", 9), "is not valid JSON"},
        {"ill-formed UTF-8", "{\"a\":\"\xC0\xAF\"}", "is not valid JSON"},
        {"UTF-8 surrogate", "{\"a\":\"\xED\xA0\x80\"}", "is not valid JSON"},
        {"lone surrogate escape", R"({"a":"\ud800"})", "is not valid JSON"},
        {"byte order mark", "\xEF\xBB\xBF{}", "byte order mark"},
        {"UTF-16", std::string("{\0}\0", 4), "is not valid JSON"},
        {"escaped NUL in a value", R"({"a":"x\u0000y"})", "NUL"},
        {"escaped NUL in a key", R"({"a\u0000":1})", "NUL"},
        {"array on top", "[]", "is not a JSON object"},
        {"string on top", R"("x")", "is not a JSON object"},
        {"null on top", "null", "is not a JSON object"},
        {"duplicate key", R"({"role":"ro","x":1,"role":"admin"})", "same field twice"},
        {"duplicate key after unescaping", R"({"role":"ro","r\u006fle":"admin"})", "same field twice"},
        {"duplicate key in a nested object", R"({"a":{"b":1,"b":1}})", "same field twice"},
        {"duplicate empty key", R"({"":1,"":2})", "same field twice"},
        {"one level too deep", nested(json::max_depth + 1), "nested too deep"},
        {"half a million brackets", R"({"a":)" + repeated("[", 500'000), "nested too deep"},
        {"a hundred thousand objects", repeated(R"({"a":)", 100'000), "nested too deep"},
        {"one event too many", with_events(json::max_events + 1), "too many values"},
        {"a hundred thousand elements", with_events(100'000), "too many values"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto error = error_of(row.body);
        CHECK(error.code == errc::invalid_request);
        CHECK(error.message.find(row.says) != std::string::npos);
        CHECK_FALSE(error.hint.empty());
    }
}

TEST_CASE("TheLimitsThemselvesAreAllowed") {
    CHECK(json::parse(nested(json::max_depth)).has_value());
    CHECK(json::parse(with_events(json::max_events)).has_value());
}

TEST_CASE("TheSameKeyInTwoObjectsIsNoDuplicate") {
    CHECK(json::parse(R"({"a":{"x":1},"b":{"x":1},"x":[{"x":1},{"x":2}]})").has_value());
}

TEST_CASE("AParseErrorTellsTheOffsetAndNothingOfTheContent") {
    CHECK(error_of(R"({"a":1,x)").message == "the body is not valid JSON (near byte 8)");
    for (const std::string_view body : {R"({"password":"hunter2)", R"({"password":hunter2})",
                                        R"({"hunter2":1,"hunter2":2})", R"({"a":"hunter2\u0000"})"}) {
        const auto error = error_of(body);
        for (const auto& text : {error.message, error.hint, error.cause})
            CHECK(text.find("hunter") == std::string::npos);
    }
}

TEST_CASE("AnIntegerIsOnlyAWholeNumberInRange") {
    struct row {
        const char* name;
        const char* value;
        bool accepted;
    };
    const row rows[] = {
        {"lowest", "900", true},
        {"highest", "43200", true},
        {"below", "899", false},
        {"above", "43201", false},
        {"fraction", "3600.9", false},
        {"fraction of zero", "3600.0", false},
        {"exponent", "1e3", false},
        {"minus zero", "-0", false},
        {"negative", "-3600", false},
        {"true", "true", false},
        {"string", "\"3600\"", false},
        {"array", "[3600]", false},
        {"object", "{}", false},
        {"huge", "1e30", false},
        {"2^32 + 3600", "4294970896", false},
        {"2^63", "9223372036854775808", false},
        {"2^64", "18446744073709551616", false},
        {"2^64 + 3600", "18446744073709555216", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        auto body = json::parse(std::string(R"({"n":)") + row.value + "}");
        REQUIRE(body.has_value());
        auto root = body->root();
        const auto n = root.integer("n", 900, 43200);
        CHECK(n.has_value() == row.accepted);
        if (!n) CHECK(n.error().message == "n must be a whole number from 900 to 43200");
        CHECK(root.optional_integer("n", 900, 43200).has_value() == row.accepted);
    }
}

TEST_CASE("TheFullRangeOfIntegersIsRead") {
    auto body =
        json::parse(R"({"min":-9223372036854775808,"max":9223372036854775807,"zero":0,"over":9223372036854775808})");
    REQUIRE(body.has_value());
    auto root = body->root();
    CHECK(root.integer("min", INT64_MIN, INT64_MAX).value() == INT64_MIN);
    CHECK(root.integer("max", INT64_MIN, INT64_MAX).value() == INT64_MAX);
    CHECK(root.integer("zero", 0, 0).value() == 0);
    CHECK_FALSE(root.integer("over", INT64_MIN, INT64_MAX).has_value());
}

TEST_CASE("AWrongTypeIsAnErrorThatNamesTheFieldByItsPath") {
    auto body = json::parse(R"({"context":{"stage":1,"tags":["a",2],"on":"true","sub":[]}})");
    REQUIRE(body.has_value());
    auto root = body->root();
    auto context = root.optional_object("context").value().value();
    CHECK(context.string("stage").error().message == "context.stage must be a string");
    CHECK(context.optional_strings("tags").error().message == "context.tags must be an array of strings");
    CHECK(context.optional_strings("stage").error().message == "context.stage must be an array of strings");
    CHECK(context.optional_boolean("on").error().message == "context.on must be true or false");
    CHECK(context.optional_boolean("stage").error().message == "context.stage must be true or false");
    CHECK(context.optional_object("sub").error().message == "context.sub must be an object");
    CHECK(context.string("service").error().message == "context.service is missing");
    CHECK(context.string("service").error().code == errc::invalid_request);
}

TEST_CASE("AFieldThatNobodyAskedForIsRefused") {
    auto body = json::parse(R"({"role":"app","expires_in":3600})");
    REQUIRE(body.has_value());
    auto root = body->root();
    CHECK(root.finish().error().hint == "This object takes no fields.");
    CHECK(root.string("role").has_value());
    CHECK_FALSE(root.optional_integer("expires_in_seconds", 1, 9).value().has_value());
    const auto finished = root.finish();
    REQUIRE_FALSE(finished.has_value());
    CHECK(finished.error().message == "expires_in is an unknown field");
    CHECK(finished.error().hint == "Known fields: role, expires_in_seconds.");
}

TEST_CASE("AnUnknownFieldIsNamedByItsPathButNotWhenItDoesNotLookLikeAName") {
    auto body = json::parse(R"({"context":{"stge":"x"},"\u001b[31m secret":1})");
    REQUIRE(body.has_value());
    auto root = body->root();
    auto context = root.optional_object("context").value().value();
    CHECK(context.finish().error().message == "context.stge is an unknown field");
    CHECK(root.finish().error().message == "(a field) is an unknown field");
}

TEST_CASE("AnEmptyBodyIsAnEmptyObjectOnlyWhereThatIsAskedFor") {
    auto body = json::parse_object_or_empty("");
    REQUIRE(body.has_value());
    CHECK(body->root().finish().has_value());
    CHECK_FALSE(json::parse_object_or_empty(" ").has_value());
    CHECK_FALSE(json::parse_object_or_empty("[]").has_value());
    CHECK(json::parse_object_or_empty(R"({"a":1})")->root().has("a"));
}

TEST_CASE("AMovedDocumentKeepsItsViews") {
    auto body = json::parse(R"({"a":"short","b":"long enough to live on the heap, whatever the library"})");
    REQUIRE(body.has_value());
    auto root = body->root();
    const auto before = root.string("a").value();
    const json::document kept = std::move(*body);
    CHECK(before == "short");
    CHECK(root.string("b").value() == kept.root().string("b").value());
}

TEST_CASE("a list of one may be its element, and fields can be listed") {
    auto document = json::parse(R"({"b":"x","a":["y",true,7],"n":null,"o":{},"f":1.5,"l":["z",{}]})");
    auto root = document.value().root();
    CHECK((root.names() == std::vector<std::string_view>{"b", "a", "n", "o", "f", "l"}));
    CHECK((root.optional_texts("b").value().value() == std::vector<std::string>{"x"}));
    CHECK((root.optional_texts("a").value().value() == std::vector<std::string>{"y", "true", "7"}));
    CHECK_FALSE(root.optional_texts("n").value().has_value());
    CHECK_FALSE(root.optional_texts("none").value().has_value());
    for (const auto* field : {"o", "f", "l"}) {
        CAPTURE(field);
        CHECK(root.optional_texts(field).error().code == errc::invalid_request);
    }
}
