#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "credentials/credential_plan.hpp"
#include "credentials/source.hpp"
#include "sts/identity_source.hpp"

namespace hourkey::credentials {

/// Carries a plan out: its root's keys, then one AssumeRole a step. Fails with base_credentials_unavailable, also when
/// what was found has expired.
[[nodiscard]] task<result<sts::base_identity>> fetch_credentials(credential_plan plan, fetch_tools tools);

}  // namespace hourkey::credentials
