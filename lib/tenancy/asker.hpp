#pragma once

#include "core/clock.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"
#include "model/principal.hpp"

#include <optional>
#include <string>

namespace hourkey::tenancy {

/// Who asks for a change, by what request, and whose things it is about.
struct asker {
    model::principal caller;
    std::string request_id;
    std::string client_address;
    wall_time asked_at;
    ulid tenant_id;  ///< nil: the server's own things, or a tenant that only its name is known of
    std::optional<tenant_name> tenant;

    [[nodiscard]] bool is_local() const noexcept { return caller.kind == model::principal_kind::machine; }
    [[nodiscard]] bool is_server() const noexcept { return caller.kind == model::principal_kind::server; }
};

/// The operator at the server's machine, who asks without a request.
[[nodiscard]] asker local_operator(wall_time now);
/// hourkey itself, unasked, about a tenant's things.
[[nodiscard]] asker the_server(wall_time now, const ulid& tenant_id, tenant_name tenant);

}  // namespace hourkey::tenancy
