#pragma once

#include <chrono>
#include <cstddef>

namespace hourkey::http {

/// Every bound on what a client may send, each crossed by one in a test.
struct server_limits {
    std::size_t header_bytes =
        8 * 1024;   ///< request line and fields: ours need under 1 KiB; a token and a traceparent fit many times
    std::size_t fields = 64;               ///< Beast 1.81 would take 500 one-byte fields
    std::size_t target_bytes = 2 * 1024;   ///< longest route and query of the API are under 1 KiB
    std::size_t body_bytes = 64 * 1024;    ///< all bodies are small JSON

    std::chrono::milliseconds handshake{5'000};
    std::chrono::milliseconds header{10'000};  ///< from a request's first byte, or for a connection's first request
                                               ///< from the handshake, to the end of its header block
    std::chrono::milliseconds body{10'000};
    std::chrono::milliseconds write{10'000};
    std::chrono::milliseconds idle{30'000};  ///< between requests
    std::chrono::milliseconds request{15'000};  ///< whole exchange, answer included
    /// So that a rotated certificate and a rebalanced reactor take effect.
    std::size_t requests_per_connection = 100'000;
};

/// What we accept from AWS.
struct client_limits {
    std::size_t header_bytes = 64 * 1024;  ///< interim answers included
    std::size_t fields = 256;  ///< STS sends under ten
    std::size_t body_bytes = 64 * 1024;  ///< an AssumeRole answer is under 8 KiB; more is never a credential
};

}  // namespace hourkey::http
