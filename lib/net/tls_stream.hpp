#pragma once

#include "net/descriptor_stream.hpp"
#include "net/tls_context.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct ssl_session_st;

namespace hourkey::net {

/// The newest sessions of one endpoint, for resumption by this reactor's next connections to it.
class tls_sessions {
public:
    /// A burst of new connections finds a ticket each; TLS 1.3 servers send about two a connection.
    static constexpr std::size_t kept = 8;

    tls_sessions() = default;
    tls_sessions(const tls_sessions&) = delete;
    tls_sessions& operator=(const tls_sessions&) = delete;
    ~tls_sessions();

    void remember(ssl_session_st* owned);
    /// A reference of the caller's, or null. A TLS 1.3 ticket is given once (RFC 8446 C.4: reuse lets observers link
    /// connections).
    [[nodiscard]] ssl_session_st* take();
    void count_resumed() noexcept { ++resumed_; }
    [[nodiscard]] std::uint64_t resumed() const noexcept { return resumed_; }

private:
    std::vector<ssl_session_st*> newest_last_;
    std::uint64_t resumed_ = 0;
};

/// TLS on the socket's own descriptor (docs/PERFORMANCE.md). Fails with tls_failed when OpenSSL has no memory.
[[nodiscard]] result<std::unique_ptr<byte_stream>> make_tls_server_stream(reactor& on, os::unique_descriptor fd,
                                                                          const ssl_ctx_ptr& context);

/// The client's side: the peer must prove to be `host`, a name or an IP literal; only names are sent as SNI (RFC 6066
/// 3).
[[nodiscard]] result<std::unique_ptr<byte_stream>> make_tls_client_stream(
    reactor& on, os::unique_descriptor fd, const ssl_ctx_ptr& context, const std::string& host,
    std::shared_ptr<tls_sessions> sessions = nullptr);

}  // namespace hourkey::net
