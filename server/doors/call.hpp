#pragma once

#include "core/clock.hpp"
#include "core/name.hpp"
#include "http/message.hpp"
#include "model/principal.hpp"
#include "model/tenant.hpp"
#include "server/adapters/vend_views.hpp"
#include "tenancy/asker.hpp"
#include "vending/vendor.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::server {

/// Of a call for several things at once: one that was refused.
struct refused_reference {
    std::string reference;  ///< as it was sent
    std::optional<connection_name> connection;
    failure why;
};

/// One request on its way through a handler: who asks, and what the path says.
struct call {
    const http::request& http;
    std::string request_id;
    wall_time now;
    model::principal caller;                      ///< meaningful unless the route is open to anyone
    authorization_basis basis;                ///< of a vend: what the store had when the token was found good
    std::optional<tenant_name> tenant;         ///< {tenant} of the path
    ulid tenant_id;                            ///< of that tenant; resolved before the handler runs
    std::array<std::string_view, 3> parameters{};  ///< the other {..} of the path, in order
    std::optional<connection_name> connection{};   ///< that the body names, where the path names none
    std::vector<refused_reference> refused{};      ///< for the answer that refuses the whole
};

[[nodiscard]] inline tenancy::asker asker_of(const call& what) {
    return {.caller = what.caller,
            .request_id = what.request_id,
            .client_address = what.http.client.address,
            .asked_at = what.now,
            .tenant_id = what.tenant_id,
            .tenant = what.tenant};
}

}  // namespace hourkey::server
