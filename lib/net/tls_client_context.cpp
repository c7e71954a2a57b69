#include "net/tls_context.hpp"
#include "net/tls_settings.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

namespace hourkey::net {
namespace {

std::string set_or(const char* variable, const char* otherwise) {
    const char* value = std::getenv(variable);
    return value != nullptr ? value : otherwise;
}

/// OpenSSL takes default places that do not exist, and trusts nobody then.
bool has_default_certificates() {
    namespace fs = std::filesystem;
    std::error_code ignored;
    if (fs::file_size(set_or(X509_get_default_cert_file_env(), X509_get_default_cert_file()), ignored) > 0 && !ignored)
        return true;
    auto folders = set_or(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
    while (!folders.empty()) {
        const auto end = std::min(folders.find(':'), folders.size());
        fs::directory_iterator in(folders.substr(0, end), ignored);
        if (!ignored && in != fs::directory_iterator()) return true;
        folders.erase(0, end + 1);
    }
    return false;
}

/// Where the distributions keep their bundle, for a program that was built on another one than it runs on.
constexpr std::array<const char*, 6> known_bundles{
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine, Gentoo
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, RHEL, Amazon Linux
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL without links
    "/etc/pki/tls/cacert.pem",
    "/etc/ssl/cert.pem",
};

bool is_told_by_environment() {
    return std::getenv(X509_get_default_cert_file_env()) != nullptr ||
           std::getenv(X509_get_default_cert_dir_env()) != nullptr;
}

bool trust_the_system(SSL_CTX* context) {
    if (has_default_certificates()) return SSL_CTX_set_default_verify_paths(context) == 1;
    if (is_told_by_environment()) return false;
    return std::ranges::any_of(known_bundles,
                               [&](const char* file) { return SSL_CTX_load_verify_file(context, file) == 1; });
}

}  // namespace

result<ssl_ctx_ptr> make_tls_client_context(const std::string& ca_file) {
    HK_TRY(auto context, make_context(TLS_client_method()));
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (ca_file.empty()) {
        if (!trust_the_system(context.get())) {
            return failure(errc::invalid_configuration, "The system's trust store is empty or cannot be read.",
                           "Install the package ca-certificates, or name a file of CA certificates: ca_file in the "
                           "configuration, --cacert on the command line.",
                           openssl_text(ERR_get_error()));
        }
        ERR_clear_error();  // of places that are not there
    } else if (SSL_CTX_load_verify_file(context.get(), ca_file.c_str()) != 1) {
        return failure(errc::invalid_configuration, "ca_file " + ca_file + " cannot be read as PEM certificates.",
                       "Give the path of a readable PEM file with at least one CA certificate.",
                       openssl_text(ERR_get_error()));
    }
    static constexpr std::array<unsigned char, 9> alpn{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    if (SSL_CTX_set_alpn_protos(context.get(), alpn.data(), alpn.size()) != 0)
        return failure(errc::tls_failed, {}, {}, "OpenSSL refuses the ALPN list");
    // Sessions are kept per endpoint by tls_sessions, not by OpenSSL.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context.get(), keep_new_session);
    return context;
}

}  // namespace hourkey::net
