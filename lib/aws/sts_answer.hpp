#pragma once

#include "aws/arn.hpp"
#include "aws/credentials.hpp"
#include "aws/session_name.hpp"
#include "core/failure.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>

namespace hourkey::aws {

/// More is never an answer of STS: an AssumeRole answer is under 8 KiB.
inline constexpr std::size_t longest_sts_answer = 64 * 1024;

/// For an answer that is neither a result nor an error of AWS's.
inline constexpr std::string_view not_from_sts_hint =
    "Something between hourkey and AWS STS seems to answer in its place: the operator should check the egress proxy, "
    "the firewall and aws.sts_endpoint.";

/// How far past the asked duration an Expiration may lie, for clocks that differ and answers that were slow.
inline constexpr std::chrono::minutes expiration_slack{5};

/// What was asked, against which the answer is held.
struct expected_session {
    const role_arn& role;
    const session_name& name;
    std::chrono::seconds duration;
    std::string_view operation = "AssumeRole";  ///< or AssumeRoleWithWebIdentity, whose answer differs in its name
};

struct assume_role_answer {
    credentials keys;              ///< complete, with an expiration: STS's, which may be sooner than asked
    std::string assumed_role_arn;  ///< names the asked account, role and session
    std::string assumed_role_id;   ///< `AROA...:session`; may be empty
    std::string request_id;        ///< may be empty: then the x-amzn-RequestId field has it
    std::optional<int> packed_policy_size;  ///< percent of STS's allowance
};

/// The three parsers read in place and leave `body` scrambled: whoever owns it wipes it, and no copy of a secret is
/// left elsewhere.

/// The body of a 200. Anything doubtful is sts_invalid_answer, whose `cause` tells what: a DOCTYPE, a second
/// Credentials, a field missing, empty or of other bytes than 0x21..0x7E, an Expiration that is past or too far ahead,
/// another role or session than asked. `now` is corrected for clock skew. Content-Type, prefixes, order and unknown
/// elements do not matter.
[[nodiscard]] result<assume_role_answer> parse_assume_role_answer(std::span<char> body,
                                                                  const expected_session& expected, wall_time now);

struct caller_identity_answer {
    caller_identity who;
    std::string user_id;
    std::string request_id;
};
[[nodiscard]] result<caller_identity_answer> parse_caller_identity_answer(std::span<char> body);

/// AWS's own error, in any of three shapes: ErrorResponse/Error, ErrorResponse/Errors/Error (moto) and a root Error
/// (Ceph).
struct error_answer {
    std::string code;  ///< empty when the body is none of them (a proxy's page, nothing): judge by status alone
    std::string message;  ///< printable, at most 512 bytes; for logs, never for decisions
    std::string request_id;
};
[[nodiscard]] error_answer parse_error_answer(std::span<char> body);

}  // namespace hourkey::aws
