#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>

namespace hourkey::crypto {

using sha256_digest = std::array<unsigned char, 32>;

/// SHA-256 over one buffer.
[[nodiscard]] sha256_digest sha256(std::string_view bytes);

/// HMAC-SHA256 (RFC 2104) over one buffer.
[[nodiscard]] sha256_digest hmac_sha256(std::string_view key, std::string_view bytes);

/// SHA-256 of texts that begin alike, their beginning absorbed once. The state is wiped with the object.
class begun_sha256 {
public:
    explicit begun_sha256(std::string_view beginning);
    ~begun_sha256();
    begun_sha256(begun_sha256&&) noexcept;
    begun_sha256& operator=(begun_sha256&&) noexcept;

    /// Over the beginning and then this.
    [[nodiscard]] sha256_digest finish(std::string_view rest) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// HMAC-SHA256 with its key absorbed once: the inner and outer states are kept and copied for each message.
/// Not for use by two threads at once. The states are wiped with the object.
class keyed_hmac {
public:
    explicit keyed_hmac(std::string_view key);
    ~keyed_hmac();
    keyed_hmac(keyed_hmac&&) noexcept;
    keyed_hmac& operator=(keyed_hmac&&) noexcept;

    [[nodiscard]] sha256_digest sign(std::string_view bytes) const;
    /// Over the concatenation of two parts, without joining them.
    [[nodiscard]] sha256_digest sign(std::string_view first, std::string_view second) const;
    /// For messages that begin alike, their beginning absorbed once: sign() takes the rest.
    [[nodiscard]] keyed_hmac begun(std::string_view beginning) const;

private:
    struct states;
    explicit keyed_hmac(std::unique_ptr<states> s) noexcept;
    std::unique_ptr<states> states_;
};

/// In time that does not depend on the contents; unequal lengths are unequal.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

[[nodiscard]] inline std::string_view as_text(std::span<const unsigned char> bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace hourkey::crypto
