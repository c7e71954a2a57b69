#pragma once

#include "tenancy/change.hpp"

#include <chrono>
#include <cstddef>
#include <optional>

namespace hourkey::tenancy {

/// Bytes of UTF-8.
inline constexpr std::size_t longest_grant_reason = 256;

/// Which line of a connection's allow-list; without an app the one for any app of the tenant.
struct grant_key {
    connection_name connection;
    std::optional<app_name> app;
};

struct grant_request {
    grant_key key;
    std::optional<std::chrono::seconds> max_duration;
    std::optional<wall_time> expires_at;
    std::string reason;
};

/// invalid_request about the field that is wrong. The change fails with not_found while one of the grant's two ends is
/// missing, and says how it is made.
[[nodiscard]] result<change<model::grant>> put_grant(asker by, grant_request wanted, store::precondition demanded);
[[nodiscard]] change<model::grant> delete_grant(asker by, const grant_key& key, store::precondition demanded);

}  // namespace hourkey::tenancy
