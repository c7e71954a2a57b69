#pragma once

#include <cstdint>

namespace hourkey::os {

/// Raises the soft limit on descriptors to the hard one, which is the operator's word: the soft one is usually 1,024,
/// for the sake of programs that use select(2), and a busy hourkey needs more. Before any connection_limits is made.
void raise_descriptor_limit() noexcept;

/// The soft limit, which counts.
[[nodiscard]] std::uint64_t descriptor_limit() noexcept;

}  // namespace hourkey::os
