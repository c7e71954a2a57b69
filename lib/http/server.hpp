#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "http/limits.hpp"
#include "http/message.hpp"
#include "net/listener.hpp"
#include "net/reactor.hpp"
#include "net/trusted_proxies.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace hourkey::http {

/// What the server calls. One object per reactor, so it needs no locks.
class service {
public:
    virtual ~service() = default;

    /// One request, one answer. An exception becomes refuse(internal) and closes the connection.
    virtual task<response> answer(const request& r) = 0;

    /// The fence refused: what to say, in the service's own error shape. The connection closes after it.
    virtual response refuse(const failure& why, const net::peer& from) = 0;

    /// After the last byte of an answer was written, or could not be. `r` is null when the fence refused. `a.body`
    /// keeps its size but has been overwritten.
    virtual void finished(const request* r, const response& a, bool delivered,
                          std::chrono::steady_clock::duration took) noexcept = 0;
};

/// What a connection runs over; the request says so to the service.
struct server_state;

/// Serves HTTP/1.1 (and answers 1.0 in kind) on one reactor's listener. Keep-alive, no pipelined processing: one
/// request in flight per connection. Refuses by the fence (fence.hpp) before anything reaches the service.
class server {
public:
    server(net::reactor& on, service& to, server_limits limits = {},
           std::shared_ptr<const net::trusted_proxies> proxies = nullptr);
    ~server();

    /// Serves what the listener accepts. The listener must outlive the server's drain.
    void attach(net::listener& from);
    /// Serves one stream until it ends: what attach() does for each connection.
    [[nodiscard]] task<> serve(net::accepted connection);

    /// Stop keeping alive: answers carry `Connection: close`, idle connections end; one that has just connected has its
    /// first request on the way and gets a second for it. On the reactor's thread.
    void drain() noexcept;
    [[nodiscard]] std::size_t in_flight() const noexcept;
    [[nodiscard]] std::size_t connections() const noexcept;
    [[nodiscard]] std::uint64_t handshake_failures() const noexcept;

private:
    std::shared_ptr<server_state> state_;
};

}  // namespace hourkey::http
