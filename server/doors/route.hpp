#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "http/message.hpp"
#include "policy/access.hpp"
#include "policy/rate_limits.hpp"
#include "server/doors/call.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace hourkey::server {

struct services;

/// Whether a route's handler reads the query; for the others any is refused. Who may ask without a token is not judged
/// by it.
enum class query_use { none, read };

using handler = task<result<http::response>> (*)(services& with, call& what);

/// One row: method, path, right, handler. `{tenant}` is checked against the caller before the handler runs; other
/// `{..}` come as call::parameters.
struct route {
    http::method verb;
    std::string_view path;
    policy::right needs;
    handler handle;
    query_use query = query_use::none;
};
/// Everything that a door answers; tests walk it, so that an endpoint cannot be forgotten. It stays where it is, as do
/// its rows.
using route_table = std::span<const route>;

/// What a request of this route draws from its caller's buckets: a vend is 1.
[[nodiscard]] std::uint32_t units_of(const route& r) noexcept;
[[nodiscard]] inline policy::request_purpose purpose_of(const route& r) noexcept {
    return r.verb == http::method::delete_ ? policy::request_purpose::takes_rights_away
                                           : policy::request_purpose::ordinary;
}

}  // namespace hourkey::server
