#pragma once

#include "core/secret.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hourkey::agent {

/// A token of 256 random bits for one agent's life: visible ASCII without a colon, which the SDKs hand back as it is.
[[nodiscard]] secret make_token();

/// Whether an Authorization field carries it, with `Bearer ` (in any case) before it or bare: some SDKs send what they
/// were given, others what people wrote. In time that does not depend on where they differ.
[[nodiscard]] bool carries(std::string_view authorization, const secret& token) noexcept;

/// Whether a Host field means a door by its own address, or by that of loopback. A page of the web whose name was made
/// to point at loopback (DNS rebinding) sends that name.
[[nodiscard]] bool is_own_host(std::string_view host, std::string_view address, std::uint16_t port);

/// An address on which other machines cannot reach an agent: loopback, or those of AWS's container endpoints, which
/// never leave a machine (169.254.170.2, 169.254.170.23, fd00:ec2::23).
[[nodiscard]] bool is_local_address(std::string_view address) noexcept;

}  // namespace hourkey::agent
