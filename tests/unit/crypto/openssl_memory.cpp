#include "crypto/openssl_memory.hpp"

#include <doctest/doctest.h>

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <span>
#include <thread>

using namespace hourkey::crypto;

namespace {

/// Before main(): OpenSSL refuses once it has allocated.
const bool scrubbed = scrub_openssl_memory();

constexpr std::size_t record = 16 * 1024 + 300;

std::span<const char> bytes_of(const void* block, std::size_t size) { return {static_cast<const char*>(block), size}; }
bool is_zero(std::span<const char> bytes) {
    return std::ranges::all_of(bytes, [](char c) { return c == 0; });
}

}  // namespace

TEST_CASE("what OpenSSL frees is overwritten") {
    REQUIRE(scrubbed);
    for (const std::size_t size : {std::size_t{4200}, record}) {
        CAPTURE(size);
        void* block = OPENSSL_malloc(size);
        std::memset(block, 'x', size);
        OPENSSL_free(block);
        // Kept for this thread's next, so it may be looked into.
        void* again = OPENSSL_malloc(size);
        REQUIRE(again == block);
        CHECK(is_zero(bytes_of(again, size)));
        OPENSSL_free(again);
    }
}

TEST_CASE("of a buffer that was received into, all that was received is overwritten") {
    void* block = OPENSSL_malloc(record);
    auto* bytes = static_cast<char*>(block);
    std::memset(bytes, 'x', record);
    note_received(bytes + 3, 5);
    note_received(bytes + 8, 2000);
    note_received(bytes + 8, 1);
    OPENSSL_free(block);
    void* again = OPENSSL_malloc(record);
    REQUIRE(again == block);
    CHECK(is_zero(bytes_of(again, 2008)));
    CHECK(bytes_of(again, record)[2008] == 'x');  // nobody's secret: nothing came there

    SUBCASE("and it does not count for the buffer's next use") {
        std::memset(bytes, 'y', record);
        OPENSSL_free(again);
        again = OPENSSL_malloc(record);
        REQUIRE(again == block);
        CHECK(is_zero(bytes_of(again, record)));
    }
    OPENSSL_free(again);
}

TEST_CASE("buffers beyond those that are watched, or freed by another thread, are overwritten whole") {
    std::set<void*> blocks;
    for (int n = 0; n < 6; ++n) {
        void* block = OPENSSL_malloc(record);
        std::memset(block, 'x', record);
        note_received(block, 10);
        CHECK(blocks.insert(block).second);
    }
    for (void* block : blocks) OPENSSL_free(block);
    void* big = OPENSSL_malloc(record);
    std::memset(big, 'x', record);
    note_received(big, 10);
    std::thread([big] {
        OPENSSL_free(big);
        void* again = OPENSSL_malloc(record);
        CHECK(again == big);
        CHECK(is_zero(bytes_of(again, record)));
        OPENSSL_free(again);
    }).join();
}

TEST_CASE("a grown block keeps its bytes and leaves none behind") {
    void* block = OPENSSL_malloc(record);
    std::memset(block, 'x', record);
    auto* grown = static_cast<char*>(OPENSSL_realloc(block, record * 2));
    REQUIRE(grown != nullptr);
    CHECK(std::ranges::all_of(bytes_of(grown, record), [](char c) { return c == 'x'; }));
    void* again = OPENSSL_malloc(record);
    CHECK(is_zero(bytes_of(again, record)));
    OPENSSL_free(again);
    OPENSSL_free(grown);
}
