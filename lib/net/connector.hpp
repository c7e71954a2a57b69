#pragma once

#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "net/descriptor_stream.hpp"
#include "net/reactor.hpp"

#include <boost/asio/generic/stream_protocol.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace hourkey::net {

using address = boost::asio::generic::stream_protocol::endpoint;

/// A name's addresses in getaddrinfo's order, by Asio's resolver thread; an IP literal's own without any resolver.
/// It cannot be cancelled: whoever has a deadline waits for it elsewhere. Fails with connection_failed.
[[nodiscard]] task<result<std::vector<address>>> resolve(reactor& on, std::string host, std::uint16_t port);

/// A connected, non-blocking socket's descriptor. Fails with connection_failed or deadline_exceeded.
[[nodiscard]] task<result<unique_descriptor>> connect_to(reactor& on, address to, deadline until);

}  // namespace hourkey::net
