#pragma once

#include "jobs/runner.hpp"
#include "store/database.hpp"
#include "store/transaction.hpp"

#include <functional>

namespace hourkey::server {

/// Seals anew the rows from there on that an older server key has sealed: some hundred, which are some milliseconds of
/// the writer's.
[[nodiscard]] std::function<result<store::reseal_step>(store::transaction&)> reseal_work(store::reseal_place from);

/// All of them, a transaction a step. Begun again it goes through what is left.
[[nodiscard]] task<jobs::outcome> reseal_rows(store::database& database, const clock_source& clock);

}  // namespace hourkey::server
