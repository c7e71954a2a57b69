#pragma once

#include "core/failure.hpp"
#include "http/client.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace hourkey::client {

[[nodiscard]] constexpr bool is_good(const http::client_answer& answer) noexcept {
    return answer.status >= 200 && answer.status < 300;
}
/// What an answer other than 2xx means: the server's own words, its code, hint, Retry-After and request id. For what is
/// not hourkey's (a redirect, a proxy's page) protocol_violation.
[[nodiscard]] failure failure_of(const http::client_answer& answer);

/// Whether a failure of an answer is the server's word, and not something else's that has answered in its place.
[[nodiscard]] constexpr bool is_of_the_server(const failure& why) noexcept {
    return why.code != errc::protocol_violation;
}

/// A good answer whose body is not what the API says.
[[nodiscard]] failure not_as_documented(const failure& why);

inline constexpr int most_attempts = 5;  ///< of one call: whoever asks for long is told that the server is busy
inline constexpr std::chrono::milliseconds shortest_pause{200};  ///< a Retry-After of 0 must not make a busy loop

/// How long to wait, after so many attempts, before the same request may be sent again: none for what is not to be
/// repeated. Only a call that does the same when it is done twice is, and only after a 429 or 503 that says when.
/// `random` in [0, 1] makes it longer by up to a half: all who were told the same would come back at once.
[[nodiscard]] std::optional<std::chrono::milliseconds> pause_before_retry(http::method verb,
                                                                          const http::client_answer& answer,
                                                                          int attempts, double random);

}  // namespace hourkey::client
