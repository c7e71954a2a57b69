#pragma once

#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "net/reactor.hpp"
#include "net/resolver.hpp"
#include "os/unique_descriptor.hpp"

#include <chrono>
#include <cstddef>

namespace hourkey::net {

/// RFC 8305 5: the "Connection Attempt Delay".
inline constexpr std::chrono::milliseconds head_start{250};

/// A connected, non-blocking socket, and which of the addresses it leads to.
struct race_winner {
    os::unique_descriptor socket;
    std::size_t index;
};

/// Tries the addresses in their order, each beside those still in progress: when those have failed or the one before
/// has had its head start, which is shorter where not all would have begun in half of the time until the deadline. That
/// is kept to within a sweep period, which does not add up: when late, several begin at once. The first that answers
/// wins, the others are closed. Fails with connection_failed when all have failed, and with deadline_exceeded, also
/// when `patience` has gone by since the last began. Holds one descriptor; with several addresses one for each in
/// progress, and one for the set they are in.
[[nodiscard]] task<result<race_winner>> connect_to_first(reactor& on, addresses to,
                                                         std::chrono::steady_clock::duration patience, deadline until);

}  // namespace hourkey::net
