#include "crypto/hash.hpp"

#include "core/secret.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

namespace hourkey::crypto {
namespace {

struct context_free {
    void operator()(EVP_MD_CTX* ctx) const noexcept { EVP_MD_CTX_free(ctx); }
};
using context = std::unique_ptr<EVP_MD_CTX, context_free>;

/// OpenSSL fails here only when it is out of memory or has no SHA-256: a broken invariant, not an answer.
void must(int ok) {
    if (ok != 1) throw std::runtime_error("OpenSSL's SHA-256 failed");
}

const EVP_MD* algorithm() {
    // Fetched once: EVP_sha256() would look the provider up again at every init.
    static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    if (md == nullptr) throw std::runtime_error("OpenSSL has no SHA-256");
    return md;
}

context make_context() {
    context ctx(EVP_MD_CTX_new());
    if (!ctx) throw std::bad_alloc();
    return ctx;
}

EVP_MD_CTX* scratch() {
    thread_local const context ctx = make_context();
    return ctx.get();
}

sha256_digest finish(EVP_MD_CTX* ctx) {
    sha256_digest out;
    must(EVP_DigestFinal_ex(ctx, out.data(), nullptr));
    return out;
}

context absorb(std::span<const unsigned char> bytes) {
    auto ctx = make_context();
    must(EVP_DigestInit_ex(ctx.get(), algorithm(), nullptr));
    must(EVP_DigestUpdate(ctx.get(), bytes.data(), bytes.size()));
    return ctx;
}

context absorb_pad(std::string_view key, unsigned char pad) {
    std::array<unsigned char, 64> block{};
    std::ranges::copy(key, block.begin());
    for (auto& byte : block) byte ^= pad;
    auto ctx = absorb(block);
    wipe_bytes(block.data(), block.size());
    return ctx;
}

}  // namespace

sha256_digest sha256(std::string_view bytes) {
    thread_local const context empty = absorb({});
    auto* ctx = scratch();
    must(EVP_MD_CTX_copy_ex(ctx, empty.get()));  // a third cheaper than EVP_DigestInit_ex
    must(EVP_DigestUpdate(ctx, bytes.data(), bytes.size()));
    return finish(ctx);
}

struct keyed_hmac::states {
    context inner, outer;
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

keyed_hmac::~keyed_hmac() = default;  // EVP_MD_CTX_free cleanses the state
keyed_hmac::keyed_hmac(keyed_hmac&&) noexcept = default;
keyed_hmac& keyed_hmac::operator=(keyed_hmac&&) noexcept = default;

sha256_digest keyed_hmac::sign(std::string_view bytes) const { return sign(bytes, {}); }

sha256_digest keyed_hmac::sign(std::string_view first, std::string_view second) const {
    auto* ctx = scratch();
    must(EVP_MD_CTX_copy_ex(ctx, states_->inner.get()));
    must(EVP_DigestUpdate(ctx, first.data(), first.size()));
    must(EVP_DigestUpdate(ctx, second.data(), second.size()));
    const auto inner = finish(ctx);
    must(EVP_MD_CTX_copy_ex(ctx, states_->outer.get()));
    must(EVP_DigestUpdate(ctx, inner.data(), inner.size()));
    return finish(ctx);
}

sha256_digest hmac_sha256(std::string_view key, std::string_view bytes) { return keyed_hmac(key).sign(bytes); }

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace hourkey::crypto
