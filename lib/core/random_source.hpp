#pragma once

#include <functional>

namespace hourkey {

/// A number in [0, 1): spreads what would otherwise happen everywhere at once.
using random_source = std::function<double()>;
[[nodiscard]] random_source make_random_source();

}  // namespace hourkey
