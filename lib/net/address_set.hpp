#pragma once

#include "core/failure.hpp"
#include "core/ip_address.hpp"

#include <string_view>
#include <vector>

namespace hourkey::net {

/// Addresses and networks: `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`.
class address_set {
public:
    /// invalid_configuration names the entry. A network with bits beyond its prefix (10.1.2.3/8) is refused: one of the
    /// two is a slip.
    [[nodiscard]] static result<address_set> parse(const std::vector<std::string_view>& entries);

    [[nodiscard]] bool empty() const noexcept { return networks_.empty(); }
    [[nodiscard]] bool contains(const address_bytes& address) const noexcept;
    [[nodiscard]] bool contains(std::string_view address) const noexcept;

private:
    struct network {
        address_bytes address{};
        unsigned bits = 0;
    };
    std::vector<network> networks_;
};

}  // namespace hourkey::net
