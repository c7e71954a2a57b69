#pragma once

#include <chrono>

namespace hourkey::aws {

/// Limits of AssumeRole's DurationSeconds
/// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
inline constexpr std::chrono::seconds shortest_session{900};
inline constexpr std::chrono::seconds longest_session{43'200};
/// AssumeRole's own default.
inline constexpr std::chrono::seconds default_session{3'600};
/// Role chaining: a session that assumes a role gets an hour at most, whatever the role allows. Also what every role
/// allows at least, as MaxSessionDuration is never below it.
inline constexpr std::chrono::seconds longest_chained_session{3'600};

/// Whether the identity that calls AssumeRole is itself a role session.
enum class base_identity { user, role_session };

[[nodiscard]] constexpr bool is_session_duration(std::chrono::seconds d) noexcept {
    return d >= shortest_session && d <= longest_session;
}
[[nodiscard]] constexpr std::chrono::seconds longest_session_from(base_identity base) noexcept {
    return base == base_identity::role_session ? longest_chained_session : longest_session;
}

}  // namespace hourkey::aws
