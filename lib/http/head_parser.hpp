#pragma once

#include "core/failure.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::http {

/// Name and value, views into the block they were parsed from.
using field_views = std::vector<std::pair<std::string_view, std::string_view>>;

struct request_line {
    std::string_view method;
    std::string_view target;
    bool http11 = true;
    bool keep_alive = true;
};

struct status_line {
    int status = 0;
    bool http11 = true;
    bool keep_alive = true;
};

/// Beast as a parser without I/O, of header blocks only: framing is ours, because Beast 1.81 frames what must be
/// refused and merges trailers into the headers. `block` is complete, ends in CRLFCRLF and has passed head_block.hpp's
/// checks. `into` is cleared and keeps its capacity. Fails with invalid_request.
[[nodiscard]] result<request_line> parse_request_head(std::string_view block, field_views& into);
/// Fails with protocol_violation.
[[nodiscard]] result<status_line> parse_answer_head(std::string_view block, field_views& into);

}  // namespace hourkey::http
