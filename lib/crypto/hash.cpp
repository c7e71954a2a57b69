#include "crypto/hash.hpp"

#include "core/secret.hpp"

// The hash itself, not EVP: since OpenSSL 3.0 each copy of an EVP context allocates and frees one, ten times a vend
// (docs/PERFORMANCE.md). It is deprecated in favour of EVP, and is the same code with the same SHA-NI underneath.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace hourkey::crypto {
namespace {

using sha256_state = SHA256_CTX;

/// OpenSSL fails here only when its own library is broken: a broken invariant, not an answer.
void must(int ok) {
    if (ok != 1) throw std::runtime_error("OpenSSL's SHA-256 failed");
}

sha256_state begin() {
    sha256_state s;
    must(SHA256_Init(&s));
    return s;
}

void absorb(sha256_state& into, std::string_view bytes) { must(SHA256_Update(&into, bytes.data(), bytes.size())); }

sha256_digest finish(sha256_state& s) {
    sha256_digest out;
    must(SHA256_Final(out.data(), &s));  // wipes the block that it held
    return out;
}

sha256_state absorb_pad(std::string_view key, unsigned char pad) {
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

struct begun_sha256::state {
    sha256_state begun = begin();
    ~state() { wipe_bytes(&begun, sizeof(begun)); }
};

begun_sha256::begun_sha256(std::string_view beginning) : state_(std::make_unique<state>()) {
    absorb(state_->begun, beginning);
}

begun_sha256::~begun_sha256() = default;
begun_sha256::begun_sha256(begun_sha256&&) noexcept = default;
begun_sha256& begun_sha256::operator=(begun_sha256&&) noexcept = default;

sha256_digest begun_sha256::finish(std::string_view rest) const {
    auto s = state_->begun;
    absorb(s, rest);
    const auto digest = crypto::finish(s);
    wipe_bytes(&s, sizeof(s));
    return digest;
}

struct keyed_hmac::states {
    sha256_state inner, outer;
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

keyed_hmac::keyed_hmac(std::unique_ptr<states> s) noexcept : states_(std::move(s)) {}
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

keyed_hmac keyed_hmac::begun(std::string_view beginning) const {
    auto further = std::make_unique<states>(*states_);
    absorb(further->inner, beginning);
    return keyed_hmac(std::move(further));
}

sha256_digest hmac_sha256(std::string_view key, std::string_view bytes) { return keyed_hmac(key).sign(bytes); }

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace hourkey::crypto
