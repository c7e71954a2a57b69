#pragma once

#include "core/clock.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"
#include "model/token.hpp"

#include <optional>
#include <string>

namespace hourkey::tenancy {

/// Who asks for a change, by what request, and whose things it is about.
struct asker {
    model::caller caller;  ///< with a nil token: somebody on the server's own machine, who needs none
    std::string request_id;
    std::string client_address;
    wall_time asked_at;
    ulid tenant_id;  ///< nil: the server's own things, or a tenant that only its name is known of
    std::optional<tenant_name> tenant;

    [[nodiscard]] bool is_local() const noexcept { return caller.token_id.is_nil(); }
};

/// The operator at the server's machine, who asks without a request.
[[nodiscard]] asker local_operator(wall_time now);

}  // namespace hourkey::tenancy
