#pragma once

#include "core/clock.hpp"
#include "obs/log.hpp"

#include <span>
#include <string>

namespace hourkey::obs {

struct log_entry {
    wall_time at;
    level severity = level::info;
    std::string_view message;
    std::span<const field> fields;
};

/// Appends the entry as one line with its line end, not yet scrubbed.
void append_json_line(std::string& out, const log_entry& entry);
/// `2026-11-22T02:59:40.123Z info  message name=value name="value with spaces"`
void append_human_line(std::string& out, const log_entry& entry);

}  // namespace hourkey::obs
