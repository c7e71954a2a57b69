#include "http/wiped_buffer.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using hourkey::http::wiped_buffer;

TEST_CASE("WhatIsConsumedOrClearedIsOverwrittenInPlace") {
    wiped_buffer b;
    b.reserve(64);
    b.append("secret-one");
    b.append("-rest");
    const char* memory = b.view().data();
    b.consume(10);
    CHECK(b.view() == "-rest");
    CHECK(std::string(memory, 15) == "-rest" + std::string(10, '\0'));
    b.clear();
    CHECK(b.empty());  // NOLINT(bugprone-use-after-move): what is left is the point
    CHECK(b.capacity() == 64);
    CHECK(std::string(memory, 15) == std::string(15, '\0'));
}

TEST_CASE("GrowingKeepsTheContent") {
    wiped_buffer b;
    std::string expected;
    for (int i = 0; i < 1000; ++i) {
        b.append(std::to_string(i));
        expected += std::to_string(i);
    }
    CHECK(b.view() == expected);
}

TEST_CASE("ConsumingMoreThanThereIsEmptiesIt") {
    wiped_buffer b;
    b.append("abc");
    b.consume(4);
    CHECK(b.empty());  // NOLINT(bugprone-use-after-move): what is left is the point
    b.release();
    CHECK(b.capacity() == 0);
    b.append("d");
    CHECK(b.view() == "d");
}

TEST_CASE("AMovedFromBufferIsEmpty") {
    wiped_buffer a, c;
    a.append("abc");
    c.append("old");
    wiped_buffer b(std::move(a));
    c = std::move(b);
    CHECK(c.view() == "abc");
    CHECK(b.empty());  // NOLINT(bugprone-use-after-move): what is left is the point
    CHECK(b.capacity() == 0);
}
