#include "crypto/hash.hpp"

#include "core/encoding.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

using namespace hourkey;

namespace {

std::string repeated(char c, std::size_t times) { return std::string(times, c); }

}  // namespace

TEST_CASE("Sha256MatchesFips180") {
    struct row {
        const char* name;
        std::string message;
        const char* digest;
    };
    // FIPS 180-4 / NIST CSRC example values.
    const row rows[] = {
        {"empty", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"a million", repeated('a', 1'000'000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(to_hex(crypto::sha256(row.message)) == row.digest);
        const auto half = std::string_view(row.message).substr(0, row.message.size() / 2);
        const crypto::begun_sha256 begun(half);
        for (int use = 0; use < 2; ++use)
            CHECK(to_hex(begun.finish(std::string_view(row.message).substr(half.size()))) == row.digest);
    }
}

TEST_CASE("HmacMatchesRfc4231") {
    struct row {
        const char* name;
        std::string key, message;
        std::string mac;
    };
    std::string counting;
    for (int i = 1; i <= 25; ++i) counting.push_back(static_cast<char>(i));
    const row rows[] = {
        {"case 1", repeated('\x0b', 20), "Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"case 2", "Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {"case 3", repeated('\xaa', 20), repeated('\xdd', 50),
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {"case 4", counting, repeated('\xcd', 50), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {"case 5, truncated", repeated('\x0c', 20), "Test With Truncation", "a3b6167473100ee06e0c796c2955552b"},
        {"case 6, long key", repeated('\xaa', 131), "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {"case 7, long key and message", repeated('\xaa', 131),
         "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
         "hashed before being used by the HMAC "
         "algorithm.",
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(to_hex(crypto::hmac_sha256(row.key, row.message)).substr(0, row.mac.size()) == row.mac);
        const crypto::keyed_hmac keyed(row.key);
        for (std::size_t cut = 0; cut <= row.message.size(); ++cut)
            REQUIRE(to_hex(keyed.sign(std::string_view(row.message).substr(0, cut),
                                      std::string_view(row.message).substr(cut)))
                        .substr(0, row.mac.size()) == row.mac);
        const auto half = std::string_view(row.message).substr(0, row.message.size() / 2);
        const auto begun = keyed.begun(half);
        for (int use = 0; use < 2; ++use)
            CHECK(to_hex(begun.sign(std::string_view(row.message).substr(half.size()))).substr(0, row.mac.size()) ==
                  row.mac);
    }
}

TEST_CASE("AKeyOfExactlyOneBlockIsUsedAsItIs") {
    // RFC 2104: only keys longer than the block are hashed first; a shorter one is padded with zeros.
    CHECK((crypto::hmac_sha256(repeated('k', 64), "m") !=
           crypto::hmac_sha256(crypto::as_text(crypto::sha256(repeated('k', 64))), "m")));
    CHECK((crypto::hmac_sha256(repeated('k', 65), "m") ==
           crypto::hmac_sha256(crypto::as_text(crypto::sha256(repeated('k', 65))), "m")));
    CHECK((crypto::hmac_sha256("", "m") == crypto::hmac_sha256(repeated('\0', 64), "m")));
}

TEST_CASE("AKeyedHmacCanBeMovedAndUsedAgain") {
    crypto::keyed_hmac one("key");
    const auto first = one.sign("message");
    CHECK((one.sign("other") != first));
    CHECK((one.sign("message") == first));
    crypto::keyed_hmac two(std::move(one));
    CHECK((two.sign("message") == first));
    crypto::keyed_hmac three("another key");
    three = std::move(two);
    CHECK((three.sign("message") == first));
}

TEST_CASE("ThreadsHashIndependently") {
    const auto expected = crypto::hmac_sha256("key", "message");
    std::vector<int> wrong(4, 0);
    {
        std::vector<std::jthread> threads;
        for (auto& mine : wrong)
            threads.emplace_back([&mine, &expected] {
                for (int i = 0; i < 2000; ++i) mine += crypto::hmac_sha256("key", "message") != expected ? 1 : 0;
            });
    }
    CHECK(wrong == std::vector<int>(4, 0));
}

TEST_CASE("ComparisonInConstantTimeIsStillAComparison") {
    using crypto::equal_in_constant_time;
    CHECK(equal_in_constant_time("", ""));
    CHECK(equal_in_constant_time("abc", "abc"));
    CHECK(equal_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0b", 3)));
    CHECK_FALSE(equal_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
    CHECK_FALSE(equal_in_constant_time("abc", "abd"));
    CHECK_FALSE(equal_in_constant_time("abc", "bbc"));
    CHECK_FALSE(equal_in_constant_time("abc", "ab"));
    CHECK_FALSE(equal_in_constant_time("", "a"));
}
