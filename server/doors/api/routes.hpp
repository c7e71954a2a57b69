#pragma once

#include "server/doors/route.hpp"

namespace hourkey::server::api {

/// hourkey's own API, all of it: docs/API.md.
[[nodiscard]] route_table routes() noexcept;

}  // namespace hourkey::server::api
