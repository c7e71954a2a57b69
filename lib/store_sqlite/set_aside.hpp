#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"

#include <string>

namespace hourkey::store {

/// What the database at `path` is to be called instead: `<path>.before-<what>-20261126T003600Z`. The next of the same
/// second have `-2`, `-3` behind it.
[[nodiscard]] std::string name_to_keep(const std::string& path, const std::string& what, wall_time now);

/// The log of the database at `path`, with its index, under another name.
[[nodiscard]] result<> set_log_aside(const std::string& path, const std::string& kept);

}  // namespace hourkey::store
