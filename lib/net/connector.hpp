#pragma once

#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "net/reactor.hpp"
#include "net/resolver.hpp"
#include "os/unique_descriptor.hpp"

namespace hourkey::net {

/// A non-blocking socket, connected or on its way: writable when it is decided. Fails with connection_failed.
[[nodiscard]] result<os::unique_descriptor> begin_connecting(const address& to);
/// What was decided.
[[nodiscard]] result<> end_connecting(int socket);

/// A connected, non-blocking socket's descriptor. Fails with connection_failed or deadline_exceeded.
[[nodiscard]] task<result<os::unique_descriptor>> connect_to(reactor& on, address to, deadline until);

}  // namespace hourkey::net
