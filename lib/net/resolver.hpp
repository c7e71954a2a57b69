#pragma once

#include "core/failure.hpp"
#include "net/reactor.hpp"

#include <boost/asio/generic/stream_protocol.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace hourkey::net {

using address = boost::asio::generic::stream_protocol::endpoint;
using addresses = std::vector<address>;  ///< in the order in which they are to be tried

/// Each may cost a socket, and who answers for a name may say what he likes.
inline constexpr std::size_t most_addresses = 16;

/// A name's addresses, at least one; may block. Fails with connection_failed.
using name_lookup = std::function<result<addresses>(const std::string& host, std::uint16_t port)>;

/// getaddrinfo(3), in its order.
[[nodiscard]] result<addresses> look_up_by_system(const std::string& host, std::uint16_t port);

/// Hands `then` the first most_addresses of `host` on the reactor's thread, never before this returns; not at all once
/// the reactor has ended. An IP literal needs no `by`. A look-up runs on a detached thread: getaddrinfo cannot be
/// cancelled, and whoever had to join it could not stop before it comes back. What `by` and `then` own may be destroyed
/// on that thread.
void look_up(reactor& on, name_lookup by, std::string host, std::uint16_t port,
             std::function<void(result<addresses>)> then);

}  // namespace hourkey::net
