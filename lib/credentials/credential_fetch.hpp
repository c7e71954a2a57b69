#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "credentials/base_credentials.hpp"
#include "credentials/credential_json.hpp"
#include "credentials/credential_plan.hpp"
#include "sts/channel.hpp"

namespace hourkey::credentials {

/// Carries a plan out: its root's keys, then one AssumeRole a step. All arguments are owned by the
/// caller's frame or object. Fails with base_credentials_unavailable, also when what was found has expired.
[[nodiscard]] task<result<sts::base_identity>> fetch_credentials(credential_plan plan, sts::channel& over,
                                                                 net::reactor& on,
                                                                 const base_credentials_settings& settings);

/// Version 1 of the document, with a key and, when there is one, an Expiration that names its zone
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
[[nodiscard]] result<aws::credentials> judge_process_output(const process_output& output);

}  // namespace hourkey::credentials
