#pragma once

#include "jobs/runner.hpp"
#include "store/database.hpp"

namespace hourkey::server {

/// Seals anew, some hundred rows a transaction, whatever an older server key has sealed. Begun again it goes through
/// what is left.
[[nodiscard]] task<jobs::outcome> reseal_rows(store::database& database, const clock_source& clock);

}  // namespace hourkey::server
