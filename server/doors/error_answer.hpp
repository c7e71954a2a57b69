#pragma once

#include "core/failure.hpp"
#include "http/message.hpp"

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

}  // namespace hourkey::server
