#pragma once

#include "api/error.hpp"
#include "core/failure.hpp"
#include "server/doors/call.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hourkey::server::api {

/// What of a connection's credentials a reference may name, in the spelling of `serverless print`.
enum class secret_field { access_key_id, secret_access_key, session_token, expiration, region, account_id };

/// `secrets:NAME` or `secrets:NAME.FIELD`, as a client has taken it out of its file.
struct secret_reference {
    std::string text;  ///< all of it
    std::string name;  ///< up to the first dot; whether it can be a connection's name is not looked at
    std::optional<secret_field> field;
};

/// invalid_request about `refs`, which does not repeat what may be a secret at the wrong place.
[[nodiscard]] result<secret_reference> parse_secret_reference(std::string_view text);

/// A refusal as the answer has it, with its hint's names filled in.
[[nodiscard]] hourkey::api::refused_part part_of(const refused_reference& r, const call& what);

}  // namespace hourkey::server::api
