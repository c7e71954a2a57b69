#pragma once

#include "api/error.hpp"
#include "core/failure.hpp"
#include "http/message.hpp"

#include <string>
#include <string_view>

namespace hourkey::server {

enum class error_spelling {
    standard,
    sdk  ///< also `Code` and `Message`, which the AWS SDKs' container provider reads
};

/// DESIGN's one shape: code, message, hint, retryable, request_id and, when AWS spoke, aws{code, request_id, region}.
/// Nothing of `cause` gets in.
[[nodiscard]] http::response error_answer(const failure& why, std::string_view request_id,
                                          error_spelling spelling = error_spelling::standard);

// The parts of it, for protocols that say more.

[[nodiscard]] hourkey::api::error error_of(const failure& why, std::string_view request_id);
/// What to do now: every error says it.
[[nodiscard]] std::string_view advice_of(const failure& why);
/// With the headers that belong to the status.
[[nodiscard]] http::response refusing_answer(const failure& why, int status, std::string body);

}  // namespace hourkey::server
