#include "secretref/quoting.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hourkey::secretref;

TEST_CASE("a plain YAML scalar is known for what a reader may take it for") {
    const auto may_be_no_string = [](std::string_view text) {
        yaml_type_guess whole;
        whole.add(text);
        // Told in pieces it is the same.
        yaml_type_guess pieces;
        for (std::size_t i = 0; i < text.size(); ++i) pieces.add(text.substr(i, 1));
        CHECK(whole.may_be_no_string() == pieces.may_be_no_string());
        return whole.may_be_no_string();
    };
    for (const std::string_view text : {"",
                                        "~",
                                        "null",
                                        "Null",
                                        "true",
                                        "FALSE",
                                        "yes",
                                        "No",
                                        "on",
                                        "Off",
                                        "y",
                                        "N",
                                        "=",
                                        "<<",
                                        "1",
                                        "-1",
                                        "+1",
                                        "0x1F",
                                        "0o17",
                                        "0b1",
                                        "1_000",
                                        "1.5",
                                        ".5",
                                        "1e3",
                                        "1.5E-3",
                                        ".inf",
                                        "-.INF",
                                        ".nan",
                                        "12:30:45",
                                        "2026-11-22",
                                        "2026-11-22T02:59:40Z",
                                        "2026-11-22 02:59:40 +01:00",
                                        "012345678901"}) {
        CAPTURE(text);
        CHECK(may_be_no_string(text));
    }
    for (const std::string_view text : {"a", "nulls", "truer", "x1", "1x", "12-logs", "eu-west-1", "e3", "1a", "0xyz",
                                        "infinity", "1 2 a", "arn:aws:iam::1:role/x"}) {
        CAPTURE(text);
        CHECK(!may_be_no_string(text));
    }
}

TEST_CASE("a word of YAML begins with a letter and has nothing that means something") {
    for (const std::string_view text : {"ASIAEXAMPLE", "wJalr/XUtnFEMI+K7MDENG=", "a:b", "eu-west-1"})
        CHECK(is_yaml_word(text));
    for (const std::string_view text :
         {"", "0a", "/a", "a:", "a b", "a#", "true", "Null", "a,b", "a'", "\xc3\xa9", "a\n"}) {
        CAPTURE(text);
        CHECK(!is_yaml_word(text));
    }
}

TEST_CASE("what is written between double quotes has no byte that any of the three formats refuses") {
    std::string out;
    write_escaped(out, "a\"\\/\n\r\t\x01\x7f\xc2\x85\xe2\x80\xa8\xef\xbb\xbf\xc3\xa9\xf0\x9f\x98\x80");
    CHECK(out == "a\\\"\\\\/\\n\\r\\t\\u0001\\u007f\\u0085\\u2028\\ufeff\xc3\xa9\xf0\x9f\x98\x80");
}

TEST_CASE("each kind of string holds what it can") {
    struct row {
        quoting kind;
        std::string_view value;
        bool holds;
    };
    const row rows[] = {{quoting::yaml_single, "it's", true},      {quoting::yaml_single, "a\n", false},
                        {quoting::yaml_single, "a\tb", true},      {quoting::yaml_single, "\xc2\x85", false},
                        {quoting::yaml_double, "a\n", true},       {quoting::yaml_double, "\xff", false},
                        {quoting::json_string, "\x01", true},      {quoting::json_string, "\xc0\x80", false},
                        {quoting::toml_literal, "a\"\\", true},    {quoting::toml_literal, "it's", false},
                        {quoting::toml_literal_lines, "'", false}, {quoting::dotenv_single, "$x", true},
                        {quoting::dotenv_single, "a\\b", false},   {quoting::dotenv_double, "a'b c", true},
                        {quoting::dotenv_double, "$x", false},     {quoting::dotenv_backtick, "'\"", true},
                        {quoting::dotenv_backtick, "`", false},    {quoting::dotenv_bare, "a+/=", true},
                        {quoting::dotenv_bare, "a b", false},      {quoting::dotenv_bare, "a#", false},
                        {quoting::bare_text, "\xff\n", true}};
    for (const auto& r : rows) {
        CAPTURE(static_cast<int>(r.kind));
        CAPTURE(r.value);
        CHECK(can_hold(r.kind, r.value) == r.holds);
    }
}
