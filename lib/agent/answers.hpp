#pragma once

#include "api/credentials.hpp"
#include "core/failure.hpp"
#include "http/message.hpp"

namespace hourkey::agent {

/// As the server itself answers.
[[nodiscard]] http::response credentials_answer(const api::credentials& what);

/// The server's own words where it is the server that refuses, with both spellings of the SDKs. What kept an agent from
/// asking it is a 503, which they all ask again after.
[[nodiscard]] http::response error_answer(const failure& why);

/// For metadata, which is no JSON.
[[nodiscard]] http::response text_answer(int status, std::string_view text);

}  // namespace hourkey::agent
