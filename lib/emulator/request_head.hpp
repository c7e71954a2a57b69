#pragma once

#include "core/failure.hpp"
#include "emulator/request.hpp"

#include <cstddef>

namespace hourkey::emulator {

/// Room for a 10,000 character session token and a session policy, twice over.
inline constexpr std::size_t max_head_bytes = 64 * 1024;
/// Everything STS takes stays far below.
inline constexpr std::size_t max_body_bytes = 256 * 1024;

struct request_head {
    request fields;  ///< views into the parsed text; no body yet
    std::size_t content_length = 0;
    bool keep_alive = true;
    bool expects_continue = false;
};

/// Reads a head without its closing empty line. Takes HTTP/1.0 and 1.1 with Content-Length; Transfer-Encoding is
/// refused, since no AWS client sends it to STS.
[[nodiscard]] result<request_head> parse_request_head(std::string_view text);

}  // namespace hourkey::emulator
