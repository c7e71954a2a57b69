#pragma once

#include "core/failure.hpp"
#include "net/byte_stream.hpp"
#include "net/connection_limits.hpp"
#include "net/peer.hpp"
#include "net/reactor.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace hourkey::net {

class tls_server_context;

/// An accepted connection, before its handshake.
struct accepted {
    std::unique_ptr<byte_stream> stream;
    peer from;
    connection_slot slot;  ///< gives the place back when destroyed; tell it when the handshake is done
};

/// SO_REUSEPORT would let a second server of the same user take a share of the first one's connections, in silence: a
/// server's first listener asks for the port alone, its others join it.
enum class port_use : std::uint8_t { alone, joined };

/// One reactor's accepting socket (SO_REUSEPORT, so each reactor has its own). Backs off 50 ms on EMFILE, ENFILE,
/// ENOBUFS and ENOMEM instead of spinning or giving up, and keeps a spare descriptor.
class listener {
public:
    using on_accept = std::function<void(accepted)>;

    /// `tls` null: plain text (the admin listener on loopback). Port 0 takes a free one; see port().
    [[nodiscard]] static result<std::unique_ptr<listener>> bind_tcp(reactor& on, const std::string& address,
                                                                    std::uint16_t port, tls_server_context* tls,
                                                                    connection_limits& limits,
                                                                    port_use use = port_use::joined);
    /// What bind_unix() would refuse of a path, whether or not a server answers there; a folder may be yet to come.
    [[nodiscard]] static result<> check_unix(const std::string& path);
    /// A unix socket of mode 0600, for the commands of the same machine and user. Replaces a stale file.
    [[nodiscard]] static result<std::unique_ptr<listener>> bind_unix(reactor& on, const std::string& path,
                                                                     connection_limits& limits);

    virtual ~listener() = default;
    /// Connections are delivered on the reactor's thread.
    virtual void start(on_accept) = 0;
    /// On the reactor's thread, or while it does not run. Idempotent; a unix socket's file is removed.
    virtual void stop() noexcept = 0;
    [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;
};

}  // namespace hourkey::net
