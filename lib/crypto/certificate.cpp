#include "crypto/certificate.hpp"

#include "crypto/random.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

namespace hourkey::crypto {
namespace {

struct freeing {
    void operator()(X509* p) const noexcept { X509_free(p); }
    void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
    void operator()(BIO* p) const noexcept { BIO_free(p); }
    void operator()(X509_EXTENSION* p) const noexcept { X509_EXTENSION_free(p); }
    void operator()(BIGNUM* p) const noexcept { BN_clear_free(p); }
    void operator()(GENERAL_NAMES* p) const noexcept { GENERAL_NAMES_free(p); }
    void operator()(GENERAL_NAME* p) const noexcept { GENERAL_NAME_free(p); }
};
template <class T>
using owned = std::unique_ptr<T, freeing>;

failure broken(std::string_view step) {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    return failure(errc::internal, {}, {}, "certificate: " + std::string(step) + ": " + text.data());
}

/// RFC 5280 4.1.2.2: positive, at most 20 octets; random so that two CAs of one name do not collide.
bool set_serial(X509* certificate) {
    std::array<unsigned char, 16> bytes;
    fill_random(bytes);
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);
    const owned<BIGNUM> number(BN_bin2bn(bytes.data(), bytes.size(), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_validity(X509* certificate, validity valid) {
    const auto seconds = [](wall_time t) {
        return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
    };
    return ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(valid.not_before)) != nullptr &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(valid.not_after)) != nullptr;
}

bool set_common_name(X509* certificate, std::string_view text) {
    if (text.empty()) return true;
    text = text.substr(0, 64);  // RFC 5280: ub-common-name; the alternative names are what counts
    return X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()), -1, 0) == 1;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool is_dns_name(std::string_view name) {
    return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c == '*' || c == '_';
    });
}

/// Built as values and not as OpenSSL's configuration text, in which a comma in a name would begin another.
bool push_name(GENERAL_NAMES* names, int type, ASN1_STRING* value) {
    owned<GENERAL_NAME> name(GENERAL_NAME_new());
    if (!name || value == nullptr) {
        ASN1_STRING_free(value);
        return false;
    }
    GENERAL_NAME_set0_value(name.get(), type, value);
    if (sk_GENERAL_NAME_push(names, name.get()) <= 0) return false;
    static_cast<void>(name.release());
    return true;
}

result<> add_names(X509* certificate, const certificate_names& wanted) {
    const owned<GENERAL_NAMES> names(GENERAL_NAMES_new());
    if (!names) return broken("names");
    for (const auto& dns : wanted.dns) {
        if (!is_dns_name(dns)) return invalid_field("dns", "'" + dns + "' is not a DNS name");
        auto* value = ASN1_IA5STRING_new();
        if (value != nullptr) ASN1_STRING_set(value, dns.data(), static_cast<int>(dns.size()));
        if (!push_name(names.get(), GEN_DNS, value)) return broken("names");
    }
    for (const auto& ip : wanted.ip) {
        auto* value = a2i_IPADDRESS(ip.c_str());
        if (value == nullptr) return invalid_field("ip", "'" + ip + "' is not an IP address");
        if (!push_name(names.get(), GEN_IPADD, value)) return broken("names");
    }
    if (sk_GENERAL_NAME_num(names.get()) == 0) return invalid_field("names", "a certificate needs at least one name");
    if (X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) != 1)
        return broken("names");
    return {};
}

template <class Write>
result<std::string> to_pem(Write write) {
    const owned<BIO> out(BIO_new(BIO_s_secmem()));
    if (!out || write(out.get()) != 1) return broken("PEM");
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &bytes);
    return std::string(bytes, static_cast<std::size_t>(size));
}

result<std::string> certificate_pem(X509* certificate) {
    return to_pem([certificate](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

result<issued_certificate> as_pem(X509* certificate, EVP_PKEY* key) {
    issued_certificate made;
    HK_TRY(made.certificate, certificate_pem(certificate));
    HK_TRY(auto key_text, to_pem([key](BIO* out) {
               return PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
           }));
    made.key = secret(key_text);
    wipe_container(key_text);
    return made;
}

struct unsigned_certificate {
    owned<X509> certificate;
    owned<EVP_PKEY> key;
};

result<unsigned_certificate> prepare(std::string_view common_name, validity valid) {
    ERR_clear_error();
    unsigned_certificate made{owned<X509>(X509_new()), owned<EVP_PKEY>(EVP_EC_gen("P-256"))};
    auto* certificate = made.certificate.get();
    const bool ok = certificate != nullptr && made.key && X509_set_version(certificate, X509_VERSION_3) == 1 &&
                    set_serial(certificate) && set_validity(certificate, valid) &&
                    set_common_name(certificate, common_name) && X509_set_pubkey(certificate, made.key.get()) == 1;
    if (!ok) return broken("key pair");
    return made;
}

std::string_view first_name(const certificate_names& names) {
    if (!names.dns.empty()) return names.dns.front();
    return names.ip.empty() ? std::string_view{} : std::string_view(names.ip.front());
}

result<> add_server_extensions(X509* certificate, X509* issuer, const certificate_names& names) {
    HK_CHECK(add_names(certificate, names));
    const bool ok = add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth") &&
                    add_extension(certificate, issuer, NID_subject_key_identifier, "hash") &&
                    add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
    if (!ok) return broken("extensions");
    return {};
}

}  // namespace

struct certificate_authority::parts {
    owned<X509> certificate;
    owned<EVP_PKEY> key;
};

certificate_authority::certificate_authority(std::unique_ptr<parts> p, std::string certificate)
    : parts_(std::move(p)), certificate_(std::move(certificate)) {}
certificate_authority::certificate_authority(certificate_authority&&) noexcept = default;
certificate_authority& certificate_authority::operator=(certificate_authority&&) noexcept = default;
certificate_authority::~certificate_authority() = default;

result<certificate_authority> certificate_authority::make(const std::string& name, validity valid) {
    HK_TRY(auto made, prepare(name, valid));
    auto* certificate = made.certificate.get();
    const bool ok = X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1 &&
                    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                    add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    add_extension(certificate, certificate, NID_subject_key_identifier, "hash") &&
                    X509_sign(certificate, made.key.get(), EVP_sha256()) > 0;
    if (!ok) return broken("CA");
    HK_TRY(auto text, certificate_pem(certificate));
    auto kept = std::make_unique<parts>(parts{std::move(made.certificate), std::move(made.key)});
    return certificate_authority(std::move(kept), std::move(text));
}

result<issued_certificate> certificate_authority::issue(const certificate_names& names, validity valid) const {
    HK_TRY(auto made, prepare(first_name(names), valid));
    auto* certificate = made.certificate.get();
    if (X509_set_issuer_name(certificate, X509_get_subject_name(parts_->certificate.get())) != 1)
        return broken("issuer");
    HK_CHECK(add_server_extensions(certificate, parts_->certificate.get(), names));
    if (X509_sign(certificate, parts_->key.get(), EVP_sha256()) <= 0) return broken("signature");
    return as_pem(certificate, made.key.get());
}

result<issued_certificate> make_self_signed(const certificate_names& names, validity valid) {
    HK_TRY(auto made, prepare(first_name(names), valid));
    auto* certificate = made.certificate.get();
    if (X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) != 1) return broken("issuer");
    HK_CHECK(add_server_extensions(certificate, certificate, names));
    if (X509_sign(certificate, made.key.get(), EVP_sha256()) <= 0) return broken("signature");
    return as_pem(certificate, made.key.get());
}

}  // namespace hourkey::crypto
