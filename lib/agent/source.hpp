#pragma once

#include "agent/refresh_rules.hpp"
#include "api/credentials.hpp"
#include "client/channel.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/name.hpp"
#include "core/task.hpp"

#include <chrono>
#include <functional>

namespace hourkey::agent {

/// What came, and how far the server's clock is ahead of this machine's.
struct fetched {
    api::credentials what{};
    std::chrono::seconds clock_offset{};
};

/// Where an agent has a connection's credentials from. A call owns all that it uses.
using source = std::function<task<result<fetched>>(connection_name connection, deadline until)>;

/// A Date in whole seconds and the way of an answer are no difference.
inline constexpr std::chrono::seconds least_clock_offset{60};

/// The server, each time with the same request.
[[nodiscard]] source source_from(client::channel over, api::credentials_request what);

/// Whether somebody has decided that these credentials are not to be had: the server, or AWS for the role's owner. What
/// is not the server's own word, as a proxy's page is not, decides nothing.
[[nodiscard]] fetch_failure kind_of(const failure& why) noexcept;

}  // namespace hourkey::agent
