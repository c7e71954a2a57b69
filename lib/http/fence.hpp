#pragma once

#include "core/failure.hpp"
#include "http/head_block.hpp"
#include "http/limits.hpp"
#include "http/message.hpp"

#include <cstddef>
#include <string_view>

namespace hourkey::http {

/// How the message behind a header block is delimited and answered.
struct framing {
    std::size_t body_bytes = 0;
    bool http11 = true;
    bool keep_alive = true;
    bool wants_continue = false;  ///< Expect: 100-continue
};

/// The fence between the wire and the service: what is ambiguous, oversized or unusual is refused, never repaired.
/// All rules are pure and keep to one order, so one request always meets the same refusal.
///
/// Step 1, whenever bytes arrive: the size of the complete header block at the front of `seen`, or 0 while it is
/// incomplete. Fails with invalid_request, headers_too_large or target_too_long.
[[nodiscard]] result<std::size_t> find_head(head_scanner& scanner, std::string_view seen);

/// Step 2, before any byte of the body is looked at: fills verb, target, path, query and headers of `into` with views
/// into `block`. The target may be in absolute-form when its authority is Host's. Fields of no concern whose value is
/// not ASCII are left out. Fails with invalid_request, length_required, method_not_allowed, target_too_long,
/// headers_too_large or payload_too_large.
[[nodiscard]] result<framing> admit(std::string_view block, const server_limits& limits, request& into);

/// Of a target in origin-form. `[A-Za-z0-9/_.~%=&?*-]`, starting with `/`; escapes well formed and never %00; in the
/// path no `//`, no `.` or `..` segment and no %2F or %5C, however they are encoded.
[[nodiscard]] result<> check_target(std::string_view target);

}  // namespace hourkey::http
