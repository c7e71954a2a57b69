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

namespace hourkey::server {

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
};

[[nodiscard]] inline tenancy::asker asker_of(const call& what) {
    return {.caller = what.caller,
            .request_id = what.request_id,
            .client_address = what.http.client.address,
            .asked_at = what.now,
            .tenant_id = what.tenant_id,
            .tenant = what.tenant};
}

/// A vend as the path asks for it. A name that cannot be one may be a secret at the wrong place: it is kept nowhere,
/// not in the audit either.
[[nodiscard]] inline vending::vend_request vend_request_of(const call& what, policy::vend_limits limits = {}) {
    auto name = connection_name::parse(what.parameters[0]);
    return {.connection = name ? std::optional(*std::move(name)) : std::nullopt,
            .limits = limits,
            .request_id = what.request_id,
            .client_address = what.http.client.address,
            .view = what.basis.view,
            .view_is_kept = what.basis.is_kept};
}

}  // namespace hourkey::server
