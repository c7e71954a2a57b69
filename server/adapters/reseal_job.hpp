#pragma once

#include "jobs/runner.hpp"
#include "store/database.hpp"
#include "store/transaction.hpp"

namespace hourkey::server {

/// Seals anew, some hundred rows a transaction, whatever an older server key has sealed, until there is no more of it.
/// `next` is set when `until` came first.
[[nodiscard]] task<result<store::reseal_step>> reseal_all(store::database& database, const clock_source& clock,
                                                          wall_time until);

/// The same as a job. Begun again it goes through what is left.
[[nodiscard]] task<jobs::outcome> reseal_rows(store::database& database, const clock_source& clock);

}  // namespace hourkey::server
