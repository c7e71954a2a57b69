#include "emulator/session_token.hpp"

#include "signing.hpp"

#include <doctest/doctest.h>

using namespace hourkey;
using namespace hourkey::emulator;

namespace {

session sample() {
    session s;
    s.who.access_key = "ASIAABCDEFGHIJKLMNOP";
    s.who.arn = "arn:aws:sts::444455556666:assumed-role/deploy/app-1";
    s.who.principal_arn = "arn:aws:iam::444455556666:role/team/deploy";
    s.who.user_id = "AROA1:app-1";
    s.who.kind = principal_kind::role_session;
    s.who.source_identity = "alice";
    s.who.tags = {{"a=b&", "c!", true}, {"team", "", false}};
    s.who.issued = *parse_rfc3339("2026-01-02T03:04:05Z");
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
    CHECK(opened->who.kind == principal_kind::role_session);
    CHECK(opened->who.source_identity == "alice");
    REQUIRE(opened->who.tags.size() == 2);
    CHECK(opened->who.tags[0].key == "a=b&");
    CHECK(opened->who.tags[0].value == "c!");
    CHECK(opened->who.tags[0].is_transitive);
    CHECK_FALSE(opened->who.tags[1].is_transitive);
    CHECK(opened->who.issued == sample().who.issued);
    CHECK_FALSE(opened->who.mfa_at.has_value());
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
