#pragma once

namespace hourkey::crypto {

/// From now on whatever OpenSSL frees is overwritten first, and its record buffers (17 KiB, two for each exchange when
/// SSL_MODE_RELEASE_BUFFERS is on) are kept for the next exchange of the thread instead of going through malloc.
/// For main(), before anything uses OpenSSL; false when it is too late.
[[nodiscard]] bool scrub_openssl_memory() noexcept;

}  // namespace hourkey::crypto
