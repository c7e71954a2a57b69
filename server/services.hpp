#pragma once

#include "auth/authenticator.hpp"
#include "core/clock.hpp"
#include "core/task.hpp"
#include "obs/server_metrics.hpp"
#include "policy/rate_limits.hpp"
#include "server/adapters/vend_views.hpp"
#include "store/database.hpp"
#include "vending/vendor.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace hourkey::linking {
class linker;
}

namespace hourkey::server {

struct key_place;
class running_copy;
class side_thread;

/// What /readyz asks.
struct readiness {
    bool store_writable = false;
    bool audit_writable = false;
    bool base_credentials_valid = false;
    store::soundness store_checked = store::soundness::trusted;  ///< told by ?verbose
    [[nodiscard]] bool is_ready() const noexcept { return store_writable && audit_writable && base_credentials_valid; }
};

/// What hourkey is to AWS: changes when the base identity is learned or refreshed.
struct aws_identity {
    std::string principal_arn;  ///< configured, or the base identity's own; empty while unknown
    std::string partition;      ///< of the server's region
    bool path_is_guessed = false;  ///< see aws::principal
    bool may_assume_roles = true;
};

/// Everything a handler may use. One per reactor; what is shared between reactors is thread-safe.
struct services {
    const clock_source& clock;
    store::database& database;
    vend_views& views;
    const key_place& keys;
    running_copy& copy;
    side_thread& aside;
    const auth::authenticator& authenticator;
    policy::rate_limits& rates;
    vending::vendor& vendor;
    vending::held_vends& held;
    const linking::linker& links;
    obs::metrics& metrics;
    std::chrono::milliseconds sts_timeout;
    std::function<readiness()> check_readiness;
    const std::string& openapi;  ///< the document of the main listener
    std::function<void(task<>)> spawn;  ///< on this reactor; nobody waits for it
};

}  // namespace hourkey::server
