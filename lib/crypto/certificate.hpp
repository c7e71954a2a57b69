#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"

#include <memory>
#include <string>
#include <vector>

namespace hourkey::crypto {

struct validity {
    wall_time not_before;
    wall_time not_after;
};

/// What a server's certificate names.
struct certificate_names {
    std::vector<std::string> dns;  ///< may hold "*.example.com"
    std::vector<std::string> ip;   ///< IPv4 or IPv6 literals
};

/// PEM, as servers load it: the certificate, and its PKCS#8 private key.
struct issued_certificate {
    std::string certificate;
    secret key;
};

/// A CA made on the spot for development, the emulator and tests: ECDSA P-256, self-signed. Its key never leaves the
/// object.
class certificate_authority {
public:
    /// `name` becomes the common name. Fails with internal when OpenSSL does.
    [[nodiscard]] static result<certificate_authority> make(const std::string& name, validity valid);

    certificate_authority(certificate_authority&&) noexcept;
    certificate_authority& operator=(certificate_authority&&) noexcept;
    ~certificate_authority();

    /// PEM; what clients are told to trust.
    [[nodiscard]] const std::string& certificate() const noexcept { return certificate_; }

    /// A P-256 server certificate under this CA. At least one name; fails with invalid_request on a name that cannot
    /// stand in a certificate, with internal when OpenSSL fails.
    [[nodiscard]] result<issued_certificate> issue(const certificate_names& names, validity valid) const;

private:
    struct parts;
    certificate_authority(std::unique_ptr<parts> p, std::string certificate);
    std::unique_ptr<parts> parts_;
    std::string certificate_;
};

/// A server certificate that is its own issuer: what a client must not believe.
[[nodiscard]] result<issued_certificate> make_self_signed(const certificate_names& names, validity valid);

}  // namespace hourkey::crypto
