#include "obs/line.hpp"

#include "core/json_escape.hpp"
#include "core/time_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

namespace hourkey::obs {
namespace {

constexpr std::string_view name_of(level severity) {
    switch (severity) {
        case level::debug: return "debug";
        case level::info: return "info";
        case level::warn: return "warn";
        case level::error: return "error";
    }
    return "error";
}

void append_number(std::string& out, auto value) {
    std::array<char, 32> digits;
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

void append_time(std::string& out, wall_time at) {
    using namespace std::chrono;
    const auto second = floor<seconds>(at);
    // A second's text is made once a thread: making it costs more than the rest of the line.
    thread_local sys_seconds kept_second = sys_seconds::min();
    thread_local std::string kept;
    if (second != kept_second) {
        kept = to_rfc3339(second);
        kept.back() = '.';
        kept_second = second;
    }
    const auto ms = static_cast<unsigned>(floor<milliseconds>(at - second).count());
    out.append(kept);
    for (const unsigned unit : {100U, 10U, 1U}) out.push_back(static_cast<char>('0' + ms / unit % 10));
    out.push_back('Z');
}

void append_quoted(std::string& out, std::string_view text) {
    out.push_back('"');
    append_json_escaped(out, text);
    out.push_back('"');
}

/// Numbers and booleans look the same in both formats.
struct plain_value {
    std::string& out;
    void operator()(std::int64_t n) const { append_number(out, n); }
    void operator()(double n) const {
        if (std::isfinite(n)) {
            append_number(out, n);
        } else {
            out.append("null");  // RFC 8259 6 has no word for it
        }
    }
    void operator()(bool b) const { out.append(b ? "true" : "false"); }
};

struct json_value : plain_value {
    using plain_value::operator();
    void operator()(std::string_view text) const { append_quoted(out, text); }
};

struct human_value : plain_value {
    using plain_value::operator();
    void operator()(std::string_view text) const {
        const bool bare = !text.empty() && std::ranges::all_of(text, [](char c) {
            return c > ' ' && c != '"' && c != '=' && c != '\\' && c < 0x7F;
        });
        if (bare) {
            out.append(text);
        } else {
            append_quoted(out, text);
        }
    }
};

}  // namespace

void append_json_line(std::string& out, const log_entry& entry) {
    out.append(R"({"ts":")");
    append_time(out, entry.at);
    out.append(R"(","level":")").append(name_of(entry.severity)).append(R"(","msg":)");
    append_quoted(out, entry.message);
    for (const auto& [name, value] : entry.fields) {
        out.push_back(',');
        append_quoted(out, name);
        out.push_back(':');
        std::visit(json_value{out}, value);
    }
    out.append("}\n");
}

void append_human_line(std::string& out, const log_entry& entry) {
    append_time(out, entry.at);
    const auto severity = name_of(entry.severity);
    out.append(" ").append(severity).append(7 - severity.size(), ' ');
    append_json_escaped(out, entry.message);
    for (const auto& [name, value] : entry.fields) {
        out.push_back(' ');
        append_json_escaped(out, name);
        out.push_back('=');
        std::visit(human_value{out}, value);
    }
    out.push_back('\n');
}

}  // namespace hourkey::obs
