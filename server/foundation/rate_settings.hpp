#pragma once

#include "obs/server_metrics.hpp"
#include "policy/rate_limits.hpp"
#include "server/config.hpp"

#include <memory>

namespace hourkey::server {

/// [limits] as the rule takes it. invalid_configuration for a name in lifted_tenants that cannot be one.
[[nodiscard]] result<policy::rate_settings> rate_settings_of(const config& c);

/// Counts in `with` whom it refuses.
[[nodiscard]] std::unique_ptr<policy::rate_limits> make_rate_limits(policy::rate_settings s, obs::metrics& with);

}  // namespace hourkey::server
