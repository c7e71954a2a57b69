#pragma once

#include "http/wiped_buffer.hpp"

#include <span>

namespace hourkey::http {

/// Where this thread's streams read to: 16 KiB, one TLS record, shared by all its connections, so that an idle one
/// holds nothing. What read_some() put there is consumed and wiped before the next suspension.
[[nodiscard]] std::span<char> read_scratch();

/// Where this thread's answers and requests are put together: a stream copies what it must keep before it suspends, so
/// the content is only valid up to the first co_await. Cleared on return.
[[nodiscard]] wiped_buffer& write_scratch();

/// Wipes write_scratch() after a write, and gives the memory back when one large answer made it grow.
void clear_write_scratch() noexcept;

}  // namespace hourkey::http
