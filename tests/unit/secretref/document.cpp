#include "secretref/document.hpp"

#include "scan_options_for.hpp"
#include "secretref/limits.hpp"

#include <doctest/doctest.h>

#include <array>
#include <ctime>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace hourkey::secretref;
using hourkey::secretref::test::found_with;
using hourkey::secretref::test::options_for;

namespace {

constexpr std::array all_formats{format::yaml, format::json, format::toml, format::dotenv, format::text};

std::string repeated(std::string_view what, std::size_t bytes) {
    std::string made;
    while (made.size() < bytes) made += what;
    return made;
}

}  // namespace

TEST_CASE("a reference is found with its name, field, default and place") {
    const auto doc =
        scan("é: x\nb: é ${secrets:web.region, ${secrets:other.region, 'x'}}\n", options_for(format::yaml));
    REQUIRE(doc.has_value());
    REQUIRE(doc->references.size() == 2);
    const auto& inner = doc->references[0];
    CHECK(inner.name == "other");
    CHECK(inner.is_default);
    CHECK(inner.otherwise.is == fallback::kind::quoted);
    const auto& outer = doc->references[1];
    CHECK(outer.name == "web");
    CHECK(outer.wanted == field::region);
    CHECK(outer.otherwise.is == fallback::kind::reference);
    CHECK(outer.otherwise.other == 0);
    CHECK(outer.at.line == 2);
    CHECK(outer.at.column == 6);  // characters, not bytes
    CHECK(doc->text.substr(outer.where.begin, outer.where.size()) ==
          "${secrets:web.region, ${secrets:other.region, 'x'}}");
    CHECK(outer.at.offset == outer.where.begin);
}

TEST_CASE("a name is asked for once, and one in a default only when the default is taken") {
    const auto doc = scan(
        "a: ${secrets:one.region, ${secrets:two.region, ${secrets:three.region}}}\n"
        "b: ${secrets:one}\nc: ${secrets:four.accessKeyId, ${secrets:five.region}}\n",
        options_for(format::yaml));
    REQUIRE(doc.has_value());
    answers known;
    CHECK(names_to_ask(*doc, known) == std::vector<std::string>{"one", "four"});
    known["one"] = found_with("key");
    known["four"] = found_with("key");
    CHECK(names_to_ask(*doc, known).empty());
    SUBCASE("a connection that is not there") {
        known["one"] = answer{};
        CHECK(names_to_ask(*doc, known) == std::vector<std::string>{"two"});
        known["two"] = answer{};
        CHECK(names_to_ask(*doc, known) == std::vector<std::string>{"three"});
    }
    SUBCASE("a region that the connection does not have") {
        known["one"].of(field::region) = {};
        CHECK(names_to_ask(*doc, known) == std::vector<std::string>{"two"});
    }
    SUBCASE("a key that it cannot be without is no reason to take a default") {
        known["four"].of(field::access_key_id) = {};
        CHECK(names_to_ask(*doc, known).empty());
        const auto made = substitute(*doc, known);
        REQUIRE(made.has_error());
        CHECK(made.error().problems[0].code == problem_code::field_missing);
    }
}

TEST_CASE("a name that nobody has answered is a problem, not a default") {
    const auto doc = scan("a: ${secrets:web.region, 'x'}\n", options_for(format::yaml));
    REQUIRE(doc.has_value());
    const auto made = substitute(*doc, {});
    REQUIRE(made.has_error());
    CHECK(made.error().problems[0].code == problem_code::not_answered);
}

TEST_CASE("an answer without one of its keys makes no object") {
    const auto doc = scan("a: ${secrets:web}\n", options_for(format::yaml));
    REQUIRE(doc.has_value());
    answers known;
    known["web"] = found_with("key");
    REQUIRE(substitute(*doc, known).has_value());
    known["web"].of(field::session_token) = {};
    const auto made = substitute(*doc, known);
    REQUIRE(made.has_error());
    CHECK(made.error().problems[0].code == problem_code::field_missing);
}

TEST_CASE("a value that is not UTF-8 is put in only where any bytes are") {
    answers known;
    known["web"] = found_with("\xff\xfe");
    const std::string whole[] = {"a: ${secrets:web}", "a: ${secrets:web.secretAccessKey}",
                                 "a: 'x ${secrets:web.secretAccessKey}'"};
    for (const auto& text : whole) {
        const auto doc = scan(text, options_for(format::yaml));
        REQUIRE(doc.has_value());
        const auto made = substitute(*doc, known);
        REQUIRE(made.has_error());
        CHECK(made.error().problems[0].code == problem_code::unrepresentable);
    }
    const auto doc = scan("x${secrets:web.secretAccessKey}", options_for(format::text));
    REQUIRE(doc.has_value());
    CHECK(substitute(*doc, known)->expose() == "x\xff\xfe");
}

TEST_CASE("no problem's text holds a value") {
    const std::string value = "CANARY'\"\\\n`$";
    answers known;
    known["web"] = found_with(value);
    known["web"].of(field::region) = {};
    const std::pair<format, std::string> documents[] = {
        {format::yaml, "a: x ${secrets:web.secretAccessKey}\nb: ${secrets:web.region}\n"},
        {format::yaml, "a: |\n  ${secrets:web.secretAccessKey}\n"},
        {format::toml, "a = 'x${secrets:web.secretAccessKey}'"},
        {format::dotenv, "A=${secrets:web.secretAccessKey}\nB=\"${secrets:web.secretAccessKey}\""},
        {format::yaml,
         "a: ${secrets:web, 'CANARY' CANARY}\nb: ${secrets:web, CANARY:}\nc: ${secrets:web.region, "
         "'CANARY ${secrets:x}'}\nd: ${secrets:a, 'CANARY\n"},
    };
    for (const auto& [form, text] : documents) {
        CAPTURE(text);
        const auto doc = scan(text, options_for(form));
        const auto made = doc ? substitute(*doc, known) : checked<hourkey::secret>(doc.error());
        REQUIRE(made.has_error());
        for (const auto& p : made.error().problems) {
            CHECK((p.text() + p.hint).find("CANARY") == std::string::npos);
            CHECK(p.text().starts_with("serverless.yml:"));
        }
        const auto failure = as_failure(made.error());
        CHECK((std::string(failure.text()) + failure.hint + failure.cause).find("CANARY") == std::string::npos);
    }
}

TEST_CASE("the document's own control characters reach no message") {
    const auto doc = scan("a: ${secrets:\x1b[31m}\nb: ${secrets:${opt:\x1b[31m}}", options_for(format::yaml));
    REQUIRE(doc.has_error());
    CHECK(doc.error().problems[0].message == "\"?[31m\" is no name of a connection");
    CHECK(doc.error().problems[1].message == "the variable opt:?[31m has no value");
}

TEST_CASE("UTF-16 and UTF-32 are refused") {
    for (const std::string_view text : {std::string_view("\xff\xfe\x61\0", 4), std::string_view("\xfe\xff\0a", 4),
                                        std::string_view("\0\0\xfe\xff\0\0\0a", 8)}) {
        const auto doc = scan(std::string(text), options_for(format::yaml));
        REQUIRE(doc.has_error());
        CHECK(doc.error().problems[0].code == problem_code::encoding);
    }
}

TEST_CASE("limits hold where they are and are crossed by one") {
    SUBCASE("bytes of a reference") {
        const std::string frame = "${secrets:a.region, ''}";
        const auto of_size = [&](std::size_t size) {
            return frame.substr(0, frame.size() - 2) + std::string(size - frame.size(), 'x') + "'}";
        };
        CHECK(scan(of_size(max_reference_bytes), options_for(format::text)).has_value());
        const auto over = scan(of_size(max_reference_bytes + 1), options_for(format::text));
        REQUIRE(over.has_error());
        CHECK(over.error().problems[0].code == problem_code::too_long);
    }
    SUBCASE("references in each other") {
        const auto of_depth = [](int depth) {
            std::string made;
            for (int i = 0; i < depth; ++i) made += "${secrets:a.region, ";
            return made + "x" + std::string(static_cast<std::size_t>(depth), '}');
        };
        CHECK(scan(of_depth(max_depth), options_for(format::text)).has_value());
        const auto over = scan(of_depth(max_depth + 1), options_for(format::text));
        REQUIRE(over.has_error());
        CHECK(over.error().problems[0].code == problem_code::too_deep);
    }
    SUBCASE("variables in each other") {
        auto options = options_for(format::text);
        options.variables = {{"a", "a"}};
        const auto of_depth = [](int depth) {
            std::string made = "${secrets:";
            for (int i = 0; i < depth; ++i) made += "${";
            return made + "a" + std::string(static_cast<std::size_t>(depth), '}') + ".region}";
        };
        CHECK(scan(of_depth(max_depth - 1), options).has_value());
        const auto over = scan(of_depth(max_depth), options);
        REQUIRE(over.has_error());
        CHECK(over.error().problems[0].code == problem_code::too_deep);
    }
    SUBCASE("problems") {
        const auto many = scan(repeated("${secrets:A}\n", 13 * (max_problems + 1)), options_for(format::text));
        REQUIRE(many.has_error());
        CHECK(many.error().problems.size() == max_problems);
        const auto doc = scan(repeated("${secrets:a.region}\n", 20 * (max_problems + 1)), options_for(format::text));
        REQUIRE(doc.has_value());
        CHECK(substitute(*doc, {}).error().problems.size() == max_problems);
    }
}

TEST_CASE("hostile documents take no more than linear time") {
    const std::string_view patterns[] = {"${",
                                         "$<",
                                         "${secrets:",
                                         "\\${secrets:",
                                         "\\${secrets:a, '",
                                         "${secrets:a, ",
                                         "${secrets:${",
                                         "\\${secrets:${",
                                         "${secrets:a.region}",
                                         "{${",
                                         "[",
                                         "{",
                                         "{?",
                                         "[]: ",
                                         "- ",
                                         "? ",
                                         "a: ",
                                         "'",
                                         "\"",
                                         "''",
                                         "\\",
                                         "\n",
                                         "\n ",
                                         "a\n\n\n ",
                                         "|\n",
                                         "- |\n",
                                         " ",
                                         "\t",
                                         "#",
                                         "&",
                                         "!<",
                                         "\"\"\"",
                                         "/*",
                                         "\\${secrets:a}{"};
    const std::pair<format, std::vector<std::string>> beginnings[] = {{format::yaml, {"", "a: [", "a: \"", "- |\n  "}},
                                                                      {format::json, {"", "[\""}},
                                                                      {format::toml, {"", "a = [", "a = \"\"\""}},
                                                                      {format::dotenv, {"", "A='"}},
                                                                      {format::text, {""}}};
    answers known;
    known["a"] = found_with("key");
    constexpr std::size_t size = 128 * 1024;
    // Time of the processor, which no neighbour takes. A byte costs some ns, under sanitizers some 100; looked at again
    // for each of its neighbours it costs seconds.
    constexpr auto most = 2 * CLOCKS_PER_SEC;
    for (const auto& [form, before] : beginnings) {
        for (const auto pattern : patterns) {
            for (const auto& beginning : before) {
                const auto begin = std::clock();
                const auto doc = scan(beginning + repeated(pattern, size), options_for(form));
                const bool is_made = doc && substitute(*doc, known);
                const auto took = std::clock() - begin;
                CAPTURE(static_cast<int>(form));
                CAPTURE(pattern);
                CAPTURE(beginning);
                CAPTURE(is_made);
                CHECK(took < most);
            }
        }
    }
}

TEST_CASE("what is not a reference comes out byte for byte") {
    // Pieces of all formats, and everything that a reference nearly is.
    static constexpr std::string_view pieces[] = {"a: ",
                                                  "- ",
                                                  "\n",
                                                  "\r\n",
                                                  "\r",
                                                  "  ",
                                                  "\t",
                                                  "'",
                                                  "\"",
                                                  "\\",
                                                  "#",
                                                  " # ",
                                                  "|\n",
                                                  ">-\n",
                                                  "[",
                                                  "]",
                                                  "{",
                                                  "}",
                                                  ", ",
                                                  ": ",
                                                  "? ",
                                                  "---\n",
                                                  "&a ",
                                                  "*a ",
                                                  "!t ",
                                                  "%",
                                                  "=",
                                                  "[x]\n",
                                                  "'''",
                                                  "\"\"\"",
                                                  "//",
                                                  "/*",
                                                  "*/",
                                                  "$",
                                                  "${",
                                                  "$<",
                                                  "${x}",
                                                  "${opt:a, 'b'}",
                                                  "${secret:a}",
                                                  "${secrets}",
                                                  "$ {secrets:a}",
                                                  "$(secrets:a)",
                                                  "\\${x}",
                                                  "x-secrets:a}",
                                                  "\xef\xbb\xbf",
                                                  "\xc3\xa9",
                                                  "\xff",
                                                  "x"};
    std::mt19937 random(20261127);  // NOLINT(cert-msc51-cpp): the same documents in every run
    for (int round = 0; round < 4000; ++round) {
        std::string text;
        for (auto pieces_left = random() % 40; pieces_left != 0; --pieces_left)
            text += pieces[random() % std::size(pieces)];
        for (const auto form : all_formats) {
            const auto doc = scan(text, options_for(form));
            CAPTURE(text);
            CAPTURE(static_cast<int>(form));
            REQUIRE(doc.has_value());
            CHECK(names_to_ask(*doc, {}).empty());
            REQUIRE(substitute(*doc, {})->expose() == text);
        }
    }
}

TEST_CASE("a large document with many references keeps all of its bytes") {
    std::string text;
    std::string expected;
    answers known;
    for (int i = 0; i < 1000; ++i) {
        const auto name = "name-" + std::to_string(i % 20);
        known[name] = found_with("key");
        const std::string filler(900, 'x');
        const auto key = "k" + std::to_string(i) + ": ";
        text.append(key).append(filler).append(" ${secrets:").append(name).append(".region}  # c\n");
        expected.append(key).append(filler).append(" eu-west-1  # c\n");
    }
    const auto doc = scan(text, options_for(format::yaml));
    REQUIRE(doc.has_value());
    CHECK(names_to_ask(*doc, {}).size() == 20);
    CHECK((substitute(*doc, known)->expose() == expected));
}

TEST_CASE("what comes out is a secret, which cannot be copied or printed") {
    static_assert(std::is_same_v<decltype(substitute(document{}, {}))::value_type, hourkey::secret>);
    static_assert(!std::is_copy_constructible_v<answer>);
}
