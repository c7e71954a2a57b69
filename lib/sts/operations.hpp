#pragma once

#include "aws/credentials.hpp"
#include "aws/sts_answer.hpp"
#include "aws/sts_request.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "sts/channel.hpp"

namespace hourkey::sts {

struct assumed_role : aws::assume_role_answer {
    std::chrono::nanoseconds life{};  ///< until its expiration, by STS's clock, from when the answer came
    std::chrono::seconds duration{};  ///< that AWS was asked for, which may be less than was wanted
};

/// AssumeRole with `with`, whose kind decides here, and nowhere else, how long the session may last: a role session
/// gets an hour at most, whatever is wanted. `with` is owned by the caller's frame. Fails as channel::call does, and
/// with invalid_request, duration_out_of_range, min_ttl_unmet or sts_invalid_answer.
[[nodiscard]] task<result<assumed_role>> assume_role(channel& over, aws::assume_role_request what,
                                                     const aws::credentials& with, aws::base_identity kind,
                                                     deadline until, aws::retry_bucket* share = nullptr);

/// The same for the bearer of another issuer's token, unsigned. Such a session is a role's.
[[nodiscard]] task<result<assumed_role>> assume_role_with_web_identity(channel& over, aws::web_identity_request what,
                                                                       secret token, deadline until);

/// Whose credentials these are, by STS's word. `with` is owned by the caller's frame.
[[nodiscard]] task<result<aws::caller_identity_answer>> get_caller_identity(channel& over, const aws::credentials& with,
                                                                            deadline until);

}  // namespace hourkey::sts
