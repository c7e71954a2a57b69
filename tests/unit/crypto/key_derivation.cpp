#include "crypto/key_derivation.hpp"

#include "core/encoding.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hourkey;

TEST_CASE("DerivationWithoutSaltMatchesRfc5869") {
    const auto hex_of_derived = [](std::string_view label) {
        const auto derived = crypto::derive_key(secret(std::string(22, '\x0b')), label);
        return to_hex({reinterpret_cast<const unsigned char*>(derived.expose().data()), derived.size()});
    };
    // Appendix A.3: no salt, no info. The first 32 of its 42 bytes are T(1), all that is asked for here.
    CHECK(hex_of_derived("") == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
    // The same key with an info, computed with Python's hmac module.
    CHECK(hex_of_derived("hourkey tokens") == "736d1ff7cdd91002cbdd963f288ad3a432639dbd68320d476d76edf29acd023c");
}

TEST_CASE("EachLabelAndEachServerKeyGivesItsOwnKey") {
    const secret one("server key one, 32 bytes or more...."), two("server key two, 32 bytes or more....");
    const auto tokens = crypto::derive_key(one, "tokens");
    CHECK(tokens.size() == 32);
    CHECK(crypto::derive_key(one, "tokens").expose() == tokens.expose());
    CHECK(crypto::derive_key(one, "audit").expose() != tokens.expose());
    CHECK(crypto::derive_key(two, "tokens").expose() != tokens.expose());
}
