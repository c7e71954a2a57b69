#pragma once

#include "http/client.hpp"
#include "net/connection_pool.hpp"
#include "net/reactor.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hourkey::bench {

/// What is sent, and to whom.
struct aim {
    net::endpoint to;
    http::client_request request;
};

struct load_shape {
    std::size_t connections = 1;
    double warm_up_seconds = 0;             ///< sent before the measurement, on the same connections
    double seconds = 5;                     ///< how long; ignored when `requests` is set
    std::optional<std::uint64_t> requests;  ///< how many instead
    /// Requests a second, sent when they are due whether or not earlier ones were answered, and timed from when they
    /// were due: without coordinated omission. None: a closed loop.
    std::optional<double> rate;
    bool new_connections = false;  ///< a TCP connection and TLS handshake for each request
};

struct load_figures {
    std::uint64_t completed = 0;  ///< answered 2xx
    std::map<std::string, std::uint64_t> errors;  ///< by status or by failure
    double seconds = 0;
    std::vector<std::uint32_t> latencies_us;  ///< of the completed, sorted
};

/// Prints `begin` when the warm-up is over, so that others can take their readings at the same moment.
[[nodiscard]] load_figures run_load(net::reactor& on, const aim& at, const load_shape& shape);

/// Opens `connections`, has each answer one request, prints `holding N` and keeps them until standard input ends.
/// 0, or 1 when not all could be opened.
[[nodiscard]] int hold_idle(net::reactor& on, const aim& at, std::size_t connections);

}  // namespace hourkey::bench
