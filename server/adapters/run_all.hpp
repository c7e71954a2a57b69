#pragma once

#include "core/task.hpp"

#include <functional>
#include <vector>

namespace hourkey::server {

/// Begins all of them with `spawn`, which runs them on this reactor, and ends when the last has; an exception of one is
/// thrown then. What they use must live as long as this.
[[nodiscard]] task<> run_all(std::function<void(task<>)> spawn, std::vector<task<>> all);

}  // namespace hourkey::server
