#pragma once

#include "policy/bucket_table.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace hourkey::policy {

/// The networks that a client's address counts for, widest first: an IPv4 address is one; of IPv6 a customer commands a
/// /64, a site a /56, an organisation a /48 (RFC 6177), so it counts for all three.
class client_networks {
public:
    /// How much more than a single address's the allowance of a network is.
    static constexpr std::uint32_t of_56 = 4, of_48 = 16;

    struct network {
        std::array<unsigned char, 16> address{};
        std::uint32_t times = 1;
    };

    /// None for what is no address (the control socket), and for loopback: there stand proxies and the machine's own
    /// programs.
    [[nodiscard]] static client_networks of(std::string_view address);
    [[nodiscard]] std::span<const network> widest_first() const noexcept { return {networks_.data(), count_}; }

private:
    std::array<network, 3> networks_{};
    std::size_t count_ = 0;
};

}  // namespace hourkey::policy
