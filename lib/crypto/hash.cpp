#include "crypto/hash.hpp"

#include "core/secret.hpp"

// The hash itself, not EVP: since OpenSSL 3.0 each copy of an EVP context allocates and frees one, ten times a vend
// (docs/PERFORMANCE.md). It is deprecated in favour of EVP, and is the same code with the same SHA-NI underneath.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <stdexcept>

namespace hourkey::crypto {
namespace {

using state = SHA256_CTX;

/// OpenSSL fails here only when its own library is broken: a broken invariant, not an answer.
void must(int ok) {
    if (ok != 1) throw std::runtime_error("OpenSSL's SHA-256 failed");
}

state begin() {
    state s;
    must(SHA256_Init(&s));
    return s;
}

void absorb(state& into, std::string_view bytes) { must(SHA256_Update(&into, bytes.data(), bytes.size())); }

sha256_digest finish(state& s) {
    sha256_digest out;
    must(SHA256_Final(out.data(), &s));  // wipes the block that it held
    return out;
}

state absorb_pad(std::string_view key, unsigned char pad) {
    std::array<unsigned char, 64> block{};
    std::ranges::copy(key, block.begin());
    for (auto& byte : block) byte ^= pad;
    auto s = begin();
    absorb(s, as_text(block));
    wipe_bytes(block.data(), block.size());
    return s;
}

}  // namespace

sha256_digest sha256(std::string_view bytes) {
    auto s = begin();
    absorb(s, bytes);
    return finish(s);
}

struct keyed_hmac::states {
    state inner, outer;
    ~states() { wipe_bytes(this, sizeof(*this)); }
};

keyed_hmac::keyed_hmac(std::string_view key) : states_(std::make_unique<states>()) {
    sha256_digest hashed{};
    if (key.size() > 64) {
        hashed = sha256(key);
        key = as_text(hashed);
    }
    states_->inner = absorb_pad(key, 0x36);
    states_->outer = absorb_pad(key, 0x5c);
    wipe_bytes(hashed.data(), hashed.size());
}

keyed_hmac::~keyed_hmac() = default;
keyed_hmac::keyed_hmac(keyed_hmac&&) noexcept = default;
keyed_hmac& keyed_hmac::operator=(keyed_hmac&&) noexcept = default;

sha256_digest keyed_hmac::sign(std::string_view bytes) const { return sign(bytes, {}); }

sha256_digest keyed_hmac::sign(std::string_view first, std::string_view second) const {
    auto s = states_->inner;
    absorb(s, first);
    absorb(s, second);
    const auto inner = finish(s);
    s = states_->outer;
    absorb(s, as_text(inner));
    const auto mac = finish(s);
    wipe_bytes(&s, sizeof(s));  // it began with the key
    return mac;
}

sha256_digest hmac_sha256(std::string_view key, std::string_view bytes) { return keyed_hmac(key).sign(bytes); }

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace hourkey::crypto
