#include "sealing/key_file.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hourkey;

namespace {

const std::string hex(64, 'a'), other(64, 'b');

}  // namespace

TEST_CASE("A key file holds one key, or a line for each") {
    struct row {
        std::string text;
        std::string written;  ///< again
    };
    const row rows[] = {
        {hex, hex + "\n"},
        {std::string(64, 'A') + " \r\n", hex + "\n"},  // as an editor may leave it
        {"1:" + hex, hex + "\n"},
        {"2:" + hex, "2:" + hex + "\n"},
        {"1:" + hex + "\n2:" + other + "\n", "1:" + hex + "\n2:" + other + "\n"},
        {"1:audit:" + hex + "\n\n255:" + other, "1:audit:" + hex + "\n255:" + other + "\n"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.text);
        const auto lines = sealing::parse_key_file(r.text);
        REQUIRE(lines.has_value());
        CHECK(sealing::text_of(*lines).expose() == r.written);
    }
}

TEST_CASE("What is no key file is refused, and its content is never told") {
    for (const auto& text : {std::string(), std::string(" \n"), hex.substr(2), hex + "aa", hex.substr(1) + "g",
                             hex + "x", "0:" + hex, "256:" + hex, "-1:" + hex, ":" + hex, "a:" + hex, "1:audit:" + hex,
                             "1:" + hex + "\n1:" + other, hex + "\n1:" + other, "1:token:" + hex, "1: " + hex}) {
        CAPTURE(text);
        const auto lines = sealing::parse_key_file(text);
        REQUIRE_FALSE(lines.has_value());
        CHECK(lines.error().code == errc::invalid_configuration);
        if (text.size() > 2) CHECK(lines.error().message.find(text) == std::string::npos);
    }
}

TEST_CASE("A made key is 32 bytes that nobody had before") {
    CHECK(sealing::make_server_key().size() == sealing::server_key_bytes);
    CHECK(sealing::make_server_key().expose() != sealing::make_server_key().expose());
}
