#pragma once

#include "core/clock.hpp"
#include "core/name.hpp"
#include "http/message.hpp"
#include "model/tenant.hpp"
#include "model/token.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::server {

/// One request on its way through a handler: who asks, and what the path says.
struct call {
    const http::request& http;
    std::string request_id;
    wall_time now;
    std::uint64_t epoch = 0;  ///< of authorisation, loaded before the token was read: what it says must hold until the record
    model::caller caller;                      ///< meaningful unless the route is open to anyone
    std::optional<tenant_name> tenant;         ///< {tenant} of the path
    ulid tenant_id;                            ///< of that tenant; resolved before the handler runs
    std::array<std::string_view, 3> parameters{};  ///< the other {..} of the path, in order
};

}  // namespace hourkey::server
