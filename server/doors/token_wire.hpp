#pragma once

#include "core/failure.hpp"
#include "http/message.hpp"
#include "tenancy/tokens.hpp"

#include <optional>
#include <string_view>

namespace hourkey::server {

/// The body of a request for a token of this tenant.
[[nodiscard]] result<tenancy::token_request> read_token_request(std::string_view body,
                                                                std::optional<tenant_name> tenant);
/// The same from the machine's own commands, which name the tenant in the body.
[[nodiscard]] result<tenancy::token_request> read_local_token_request(std::string_view body);
[[nodiscard]] http::response issued_answer(tenancy::issued_token t, model::role role);

}  // namespace hourkey::server
