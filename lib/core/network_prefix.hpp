#pragma once

#include "core/ip_address.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace hourkey {

/// A part of the network that one client may command: an IPv4 address, or an IPv6 prefix of 64, 56 or 48 bits.
/// Providers give a customer a /64 at least, often a /56 or a /48 (RFC 6177, RIPE-690).
class network_prefix {
public:
    network_prefix() = default;  ///< none: of a unix socket, or of what is no address
    /// The first `bits` of an IPv6 address; an IPv4 one is given mapped, with all 128.
    network_prefix(std::span<const unsigned char, 16> address, std::uint8_t bits) noexcept;

    [[nodiscard]] bool is_none() const noexcept { return bits_ == 0; }
    [[nodiscard]] std::uint8_t bits() const noexcept { return bits_; }
    [[nodiscard]] const address_bytes& network() const noexcept { return network_; }  ///< zeros behind its bits
    [[nodiscard]] std::string str() const;  ///< `192.0.2.1`, `2001:db8:1::/56`
    friend auto operator<=>(const network_prefix&, const network_prefix&) = default;

private:
    friend struct std::hash<network_prefix>;
    address_bytes network_{};
    std::uint8_t bits_ = 0;
};

/// An address's prefixes, the narrowest first: one of an IPv4 address (also one mapped into IPv6), /64, /56 and /48 of
/// an IPv6 address, and of anything else the single prefix that is none, so that all of those count together.
class network_prefixes {
public:
    static constexpr std::size_t most = 3;
    explicit network_prefixes(std::string_view address);

    [[nodiscard]] std::span<const network_prefix> all() const noexcept { return {prefixes_.data(), size_}; }
    [[nodiscard]] const network_prefix& narrowest() const noexcept { return prefixes_.front(); }
    [[nodiscard]] bool is_loopback() const noexcept { return is_loopback_; }

private:
    std::array<network_prefix, most> prefixes_;
    std::size_t size_ = 1;
    bool is_loopback_ = false;
};

}  // namespace hourkey

template <>
struct std::hash<hourkey::network_prefix> {
    [[nodiscard]] std::size_t operator()(const hourkey::network_prefix& p) const noexcept {
        return std::hash<std::string_view>{}({reinterpret_cast<const char*>(p.network_.data()), p.network_.size()}) ^
               p.bits_;
    }
};
