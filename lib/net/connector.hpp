#pragma once

#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "net/descriptor_stream.hpp"
#include "net/reactor.hpp"
#include "net/resolver.hpp"

namespace hourkey::net {

/// A connected, non-blocking socket's descriptor. Fails with connection_failed or deadline_exceeded.
[[nodiscard]] task<result<unique_descriptor>> connect_to(reactor& on, address to, deadline until);

}  // namespace hourkey::net
