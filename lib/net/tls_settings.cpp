#include "net/tls_settings.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>

namespace hourkey::net {

result<ssl_ctx_ptr> make_context(const SSL_METHOD* method) {
    ERR_clear_error();
    const ssl_ctx_ptr context(SSL_CTX_new(method), SSL_CTX_free);
    // github.com/mozilla/server-side-tls, json/server-side-tls-conf-5.0.json, intermediate; TLS 1.3 suites are
    // OpenSSL's own.
    static constexpr const char* suites =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-"
        "SHA384:"
        "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
    const bool ok = context && SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 1 &&
                    SSL_CTX_set_max_proto_version(context.get(), TLS1_3_VERSION) == 1 &&
                    SSL_CTX_set_cipher_list(context.get(), suites) == 1 &&
                    SSL_CTX_set1_groups_list(context.get(), "X25519:P-256:P-384") == 1;
    if (!ok)
        return failure(errc::tls_failed, {}, {}, "OpenSSL refuses the TLS settings: " + openssl_text(ERR_get_error()));
    SSL_CTX_set_security_level(context.get(), 2);  // 112 bits; not left to the machine's openssl.cnf
    // Not CLEANSE_PLAINTEXT, though tokens and credentials pass through the read buffer: crypto::scrub_openssl_memory()
    // wipes what is freed at an eighth of the cost.
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_max_send_fragment(context.get(), max_record_sent);
    return context;
}

std::string openssl_text(unsigned long error) {
    if (error == 0) return {};
    std::array<char, 256> text{};
    ERR_error_string_n(error, text.data(), text.size());
    return text.data();
}

}  // namespace hourkey::net
