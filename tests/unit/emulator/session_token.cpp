#include "emulator/session_token.hpp"

#include "signing.hpp"

#include <doctest/doctest.h>

using namespace hourkey;
using namespace hourkey::emulator;

namespace {

session sample() {
    session s;
    s.who = {"ASIAABCDEFGHIJKLMNOP", "arn:aws:sts::444455556666:assumed-role/deploy/app-1", "arn:aws:iam::444455556666:role/team/deploy", "AROA1:app-1", true};
    s.expires = *parse_rfc3339("2026-01-02T04:04:05Z");
    return s;
}

}  // namespace

TEST_CASE("a sealed session opens as it was") {
    const session_sealer sealer;
    const auto opened = sealer.open(sealer.seal(sample()));
    REQUIRE(opened.has_value());
    CHECK(opened->who.access_key == sample().who.access_key);
    CHECK(opened->who.arn == sample().who.arn);
    CHECK(opened->who.principal_arn == sample().who.principal_arn);
    CHECK(opened->who.user_id == sample().who.user_id);
    CHECK(opened->who.is_session);
    CHECK(opened->expires == sample().expires);
}

TEST_CASE("a token with any byte changed, cut or added does not open") {
    const session_sealer sealer;
    const auto token = sealer.seal(sample());
    for (std::size_t i = 0; i < token.size(); ++i) {
        CAPTURE(i);
        for (const int flip : {1, 0x20}) {  // 0x20 changes the case of a letter
            auto changed = token;
            changed[i] = static_cast<char>(changed[i] ^ flip);
            CHECK_FALSE(sealer.open(changed).has_value());
        }
        CHECK_FALSE(sealer.open(token.substr(0, i)).has_value());
    }
    CHECK_FALSE(sealer.open(token + "=").has_value());
    CHECK_FALSE(session_sealer().open(token).has_value());
}

TEST_CASE("padding makes a token long and keeps it valid") {
    const session_sealer sealer;
    const auto token = sealer.seal(sample(), 10'000);
    CHECK(token.size() >= 10'000);
    CHECK(token.size() <= 10'002);
    CHECK(sealer.open(token).has_value());
}

TEST_CASE("a token and a secret key hold only what a credential may hold") {
    const session_sealer sealer;
    const auto secret_key = sealer.secret_of(sample().who.access_key);
    CHECK(secret_key.size() == 40);
    CHECK(secret_key != sealer.secret_of("ASIAOTHER"));
    for (const char c : sealer.seal(sample()) + secret_key) CHECK((c > 0x20 && c < 0x7F));
}
