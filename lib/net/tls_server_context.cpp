#include "net/tls_context.hpp"
#include "net/tls_settings.hpp"
#include "os/private_rights.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string_view>

#include <sys/stat.h>

namespace hourkey::net {
namespace {

struct file_close {
    void operator()(std::FILE* f) const noexcept { std::fclose(f); }
};
struct key_free {
    void operator()(EVP_PKEY* k) const noexcept { EVP_PKEY_free(k); }
};
using key_ptr = std::unique_ptr<EVP_PKEY, key_free>;

failure bad_file(const std::string& file, const std::string& what, std::string fix) {
    return failure(errc::invalid_configuration, file + ": " + what + ".", std::move(fix),
                   openssl_text(ERR_peek_last_error()));
}

/// Without it OpenSSL would ask for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

result<key_ptr> read_key(const std::string& file) {
    const std::unique_ptr<std::FILE, file_close> opened(std::fopen(file.c_str(), "re"));
    if (!opened)
        return bad_file(file, std::string("the private key cannot be opened: ") + std::strerror(errno),
                        "Check listen.key_file and its permissions.");
    struct stat about{};
    if (::fstat(::fileno(opened.get()), &about) != 0 || !S_ISREG(about.st_mode)) {
        return bad_file(file, "the private key is not a regular file", "Check listen.key_file.");
    }
    if (!os::is_private_file(about))
        return bad_file(file, "the private key is readable by group or others", os::how_to_make_private(file));
    key_ptr key(PEM_read_PrivateKey(opened.get(), nullptr, no_passphrase, nullptr));
    if (!key)
        return bad_file(file, "there is no unencrypted PEM private key in it",
                        "Give a PEM private key without a passphrase.");
    return key;
}

/// timegm() rather than mktime(): certificates are in UTC.
wall_time to_wall_time(const ASN1_TIME* t) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(t, &parts) != 1) return wall_time{};
    return wall_time(std::chrono::seconds(::timegm(&parts)));
}

constexpr std::string_view http_1_1 = "\x08http/1.1";

/// RFC 7301 3.2: a client that offers only what we do not speak is told so.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned offered_size, void*) {
    const auto* ours = reinterpret_cast<const unsigned char*>(http_1_1.data());
    unsigned char* chosen = nullptr;
    const auto found =
        SSL_select_next_proto(&chosen, out_size, ours, static_cast<unsigned>(http_1_1.size()), offered, offered_size);
    if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

struct loaded {
    ssl_ctx_ptr context;
    wall_time expires;
};

result<loaded> load_files(const std::string& cert_file, const std::string& key_file) {
    HK_TRY(auto context, make_context(TLS_server_method()));
    // A full handshake each time: each ticket costs 6 %, resumption saves a quarter at most, and it can skip a client
    // certificate's check.
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context.get(), 0);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);

    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context.get(), cert_file.c_str()) != 1) {
        return bad_file(cert_file, "the certificate chain cannot be read",
                        "Give a PEM file with the server's certificate first, then its intermediates.");
    }
    const auto* leaf = SSL_CTX_get0_certificate(context.get());
    const auto now = system_clock().now();
    const auto expires = to_wall_time(X509_get0_notAfter(leaf));
    if (expires <= now)
        return bad_file(cert_file, "the certificate has expired",
                        "Renew it; the server takes the new file up by itself.");
    if (to_wall_time(X509_get0_notBefore(leaf)) > now)
        return bad_file(cert_file, "the certificate is not valid yet", "Check the machine's clock.");

    HK_TRY(const auto key, read_key(key_file));
    // OpenSSL's use_PrivateKey compares with the certificate loaded before.
    if (SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1 || SSL_CTX_check_private_key(context.get()) != 1) {
        return bad_file(key_file, "the private key does not belong to the certificate in " + cert_file,
                        "Give the key that the certificate was made for.");
    }
    return loaded{std::move(context), expires};
}

std::string stamp_of(const std::string& file) {
    struct stat about{};
    if (::stat(file.c_str(), &about) != 0) return "absent";
    std::string stamp;
    // The change time and the owners too: chown(1) mends a file's rights and touches nothing else.
    for (const auto number :
         {static_cast<long long>(about.st_dev), static_cast<long long>(about.st_ino),
          static_cast<long long>(about.st_size), static_cast<long long>(about.st_mtim.tv_sec),
          static_cast<long long>(about.st_mtim.tv_nsec), static_cast<long long>(about.st_ctim.tv_sec),
          static_cast<long long>(about.st_ctim.tv_nsec), static_cast<long long>(about.st_mode),
          static_cast<long long>(about.st_uid), static_cast<long long>(about.st_gid)})
        stamp.append(std::to_string(number)).append(":");
    return stamp;
}

}  // namespace

tls_server_context::tls_server_context(std::string cert_file, std::string key_file)
    : cert_file_(std::move(cert_file)), key_file_(std::move(key_file)) {}

result<std::unique_ptr<tls_server_context>> tls_server_context::load(std::string cert_file, std::string key_file) {
    std::unique_ptr<tls_server_context> made(new tls_server_context(std::move(cert_file), std::move(key_file)));
    HK_CHECK(made->reload());
    return made;
}

ssl_ctx_ptr tls_server_context::current() const {
    const std::scoped_lock lock(swapping_);
    return current_;
}

result<> tls_server_context::reload() {
    const std::scoped_lock one_at_a_time(reloading_);
    // Taken before reading: a file that changes meanwhile is then read again.
    stamp_ = stamp_of(cert_file_) + ' ' + stamp_of(key_file_);
    HK_TRY(auto fresh, load_files(cert_file_, key_file_));
    expires_ns_ = fresh.expires.time_since_epoch().count();
    const std::scoped_lock lock(swapping_);
    current_ = std::move(fresh.context);
    return {};
}

bool tls_server_context::files_changed() const {
    const std::scoped_lock one_at_a_time(reloading_);
    return stamp_of(cert_file_) + ' ' + stamp_of(key_file_) != stamp_;
}

}  // namespace hourkey::net
