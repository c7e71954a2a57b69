#pragma once

#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "net/byte_stream.hpp"
#include "net/reactor.hpp"
#include "net/resolver.hpp"
#include "net/tls_context.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace hourkey::net {

/// Where a client connects. `tls` null: plain text.
struct endpoint {
    std::string host;  ///< name, or an IP literal without brackets
    std::uint16_t port = 443;
    ssl_ctx_ptr tls;
    /// When not empty, the socket file to connect to; `host` then only proves the certificate.
    std::string unix_path{};
};

struct pool_settings {
    std::size_t max_connections = 256;  ///< per reactor and endpoint; further callers wait until their deadline
    std::chrono::seconds idle_limit{20};  ///< below the peers' keep-alive limits
    std::chrono::seconds max_age{300};  ///< then a fresh resolve and handshake
    std::chrono::milliseconds connect_timeout{2000};  ///< TCP, from when the last address began, and TLS each
    std::chrono::milliseconds lookup_patience{
        2000};  ///< a look-up is waited for so long from when it began; who comes later is told at once
    std::chrono::milliseconds lookup_memory{1000};  ///< so long the failure of a look-up answers for the next ones
    std::chrono::milliseconds lookup_again{5000};  ///< beside one that has been silent so long another is begun
    name_lookup lookup = look_up_by_system;  ///< whatever it owns may be destroyed on another thread
};

/// One reactor's keep-alive connections to one endpoint: a stack, most recent first, without locks. Names are resolved
/// off the request path and the answer is kept for max_age, and beyond it while there is no newer one; when none of its
/// addresses can be reached, a look-up is waited for, by all who need it the same. A resolver that is silent costs
/// nobody more than lookup_patience. The address that worked goes first. TLS sessions are resumed. A lease may outlive
/// its pool.
class connection_pool {
    struct state;

public:
    connection_pool(reactor& on, endpoint to, pool_settings settings = {});
    ~connection_pool();

    /// A connection for one exchange. Without keep() before its end it is closed.
    class lease {
    public:
        lease() = default;
        lease(lease&&) noexcept;
        lease& operator=(lease&&) noexcept;
        ~lease();
        [[nodiscard]] byte_stream& stream() const noexcept { return *stream_; }
        /// True when the connection had carried an exchange before: a failure before the first answer byte may then be
        /// retried on a fresh one.
        [[nodiscard]] bool is_reused() const noexcept { return reused_; }
        /// The exchange was complete and the peer keeps the connection open: back to the pool.
        void keep() noexcept;

    private:
        friend class connection_pool;
        void drop() noexcept;
        std::shared_ptr<state> pool_;
        std::unique_ptr<byte_stream> stream_;
        steady_time born_{};
        bool reused_ = false;
    };

    enum class freshness { any, fresh };

    /// A healthy idle connection for one exchange, if there is one.
    [[nodiscard]] std::optional<lease> reuse(deadline until);
    /// A healthy idle connection (peeked), else a new one with TLS up and the host verified.
    /// Fails with connection_failed, tls_failed or deadline_exceeded.
    [[nodiscard]] task<result<lease>> acquire(deadline until, freshness wanted = freshness::any);

    /// Idle, leased and being made.
    [[nodiscard]] std::size_t open() const noexcept;
    [[nodiscard]] std::size_t idle() const noexcept;
    /// Handshakes that resumed a session.
    [[nodiscard]] std::uint64_t resumed() const noexcept;
    void close_idle() noexcept;
    /// Closes those that have been idle since `when` or longer.
    void drop_idle_until(steady_time when) noexcept;

private:
    std::shared_ptr<state> state_;
};

}  // namespace hourkey::net
