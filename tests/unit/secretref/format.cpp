#include "secretref/format.hpp"

#include <doctest/doctest.h>

#include <utility>

using namespace hourkey::secretref;

TEST_CASE("a file's format is told by its name") {
    const std::pair<std::string_view, format> files[] = {
        {"serverless.yml", format::yaml}, {"/a.json/x.yaml", format::yaml}, {"package.json", format::json},
        {"tsconfig.jsonc", format::json}, {"Cargo.toml", format::toml},     {".env", format::dotenv},
        {"a/.env.local", format::dotenv}, {"prod.env", format::dotenv},     {"main.tf", format::text},
        {"Makefile", format::text},       {"a.yml/b", format::text},        {"", format::text}};
    for (const auto& [file, form] : files) {
        CAPTURE(file);
        CHECK(format_of_path(file) == form);
    }
}

TEST_CASE("a format is found by its name") {
    CHECK(find_format("yaml") == format::yaml);
    CHECK(find_format("json") == format::json);
    CHECK(find_format("toml") == format::toml);
    CHECK(find_format("dotenv") == format::dotenv);
    CHECK(find_format("env") == format::dotenv);
    CHECK(find_format("text") == format::text);
    CHECK(!find_format("YAML"));
}
