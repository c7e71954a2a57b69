#pragma once

#include "store/head_file.hpp"

#include <chrono>
#include <string_view>

namespace hourkey::server {

/// How much of the trail may be cut off without a trace, when nobody keeps the log: what came after the last line.
inline constexpr std::chrono::hours between_head_lines{1};

/// Writes the audit's head into the log, which is another place than the database: `audit verify --since SEQ:HASH` checks the
/// trail against it later. It is what the server has written, not what a file says. `when`: start, hour, stop.
void log_audit_head(const store::trail_place& end, std::string_view when);

}  // namespace hourkey::server
