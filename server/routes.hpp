#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "http/message.hpp"
#include "policy/access.hpp"
#include "policy/rate_limits.hpp"
#include "server/call.hpp"
#include "server/error_answer.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace hourkey::server {

struct services;

/// Whether a route's handler reads the query; for the others any is refused. Who may ask without a token is not judged by it.
enum class query_use { none, read };

using handler = task<result<http::response>> (*)(services& with, call& what);

/// One row: method, path, right, handler. `{tenant}` is checked against the caller before the handler runs; other `{..}`
/// come as call::parameters.
struct route {
    http::method verb;
    std::string_view path;
    policy::right needs;
    handler handle;
    error_spelling errors = error_spelling::standard;
    query_use query = query_use::none;
};

/// What a request of this route draws from its caller's buckets: a vend is 1.
[[nodiscard]] std::uint32_t units_of(const route& r) noexcept;
[[nodiscard]] inline policy::request_purpose purpose_of(const route& r) noexcept {
    return r.verb == http::method::delete_ ? policy::request_purpose::takes_rights_away : policy::request_purpose::ordinary;
}

enum class door { main, admin, control };

/// Everything a door answers, in one table; tests walk it, so that an endpoint cannot be forgotten.
[[nodiscard]] std::span<const route> routes_of(door d) noexcept;

struct matched {
    const route* to = nullptr;
    std::size_t index = 0;
};

/// Finds the row and fills the call's tenant and parameters.
/// not_found for an unknown path, method_not_allowed for a known one.
[[nodiscard]] result<matched> match(door d, call& what);

/// "GET, PUT": what a path answers, for Allow (RFC 9110 15.5.6); empty for an unknown path.
[[nodiscard]] std::string methods_of(door d, std::string_view path);

}  // namespace hourkey::server
