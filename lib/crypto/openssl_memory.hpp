#pragma once

#include <cstddef>

namespace hourkey::crypto {

/// From now on whatever OpenSSL frees is overwritten first, and its record buffers (with SSL_MODE_RELEASE_BUFFERS, one
/// for each record read or written) are kept for the thread's next exchange instead of going through malloc. For
/// main(), before anything uses OpenSSL; false when it is too late.
[[nodiscard]] bool scrub_openssl_memory() noexcept;

/// For a BIO that read `size` bytes to `at` on OpenSSL's behalf. OpenSSL decrypts where it received: of a buffer that
/// it reads records into, only what was received is worth overwriting, which spares the processor's cache 17 KiB a
/// record.
void note_received(const void* at, std::size_t size) noexcept;

}  // namespace hourkey::crypto
