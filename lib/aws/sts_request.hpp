#pragma once

#include "aws/arn.hpp"
#include "aws/external_id.hpp"
#include "aws/session_limits.hpp"
#include "aws/session_name.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::aws {

/// duration_out_of_range, whose hint says what lifts the bound.
[[nodiscard]] result<void> check_duration(std::chrono::seconds duration);

/// What an AccessDenied means. For some moments after a change in IAM different servers of STS answer differently.
enum class denial { is_final, may_pass };

struct assume_role_request {
    role_arn role;
    session_name name;
    std::chrono::seconds duration = default_session;
    std::optional<aws::external_id> external_id;
    std::optional<std::string> session_policy;  ///< 1..2048 characters U+0009, U+000A, U+000D, U+0020..U+00FF, in UTF-8
    // Not sent:
    denial on_denial = denial::is_final;
    std::chrono::seconds least{0};  ///< rather no session than one that cannot last so long
};

/// The form body, every parameter checked. Fails with invalid_request or duration_out_of_range.
[[nodiscard]] result<std::string> assume_role_body(const assume_role_request& request);

/// AssumeRoleWithWebIdentity
/// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html), which nobody signs: the
/// token says who asks.
struct web_identity_request {
    role_arn role;
    session_name name;
    std::chrono::seconds duration = default_session;
};
/// `token` is an OpenID Connect ID token of 4..20,000 characters, which the body holds. Fails with invalid_request or
/// duration_out_of_range.
[[nodiscard]] result<secret> web_identity_body(const web_identity_request& request, std::string_view token);

inline constexpr std::string_view get_caller_identity_body = "Action=GetCallerIdentity&Version=2011-06-15";

}  // namespace hourkey::aws
