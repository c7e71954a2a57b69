#pragma once

#include "http/message.hpp"
#include "json/reader.hpp"
#include "tenancy/tokens.hpp"

namespace hourkey::server {

/// role, app, expires_in_seconds: all that a door reads of a token but its tenant; nothing else may stand there.
[[nodiscard]] result<tenancy::token_request> read_token_request(json::object& fields,
                                                                std::optional<tenant_name> tenant);
[[nodiscard]] http::response issued_answer(tenancy::issued_token t, model::role role);

}  // namespace hourkey::server
