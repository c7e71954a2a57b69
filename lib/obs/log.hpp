#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace hourkey::obs {

enum class level { debug, info, warn, error };
enum class log_format {
    automatic,  ///< human on a terminal, JSON elsewhere
    json,       ///< one object a line: ts, level, msg, then the fields in their order
    human,
};

/// A name and a value of a log line; views, valid for the call. A hourkey::secret does not convert into one, nor does a
/// pointer.
struct field {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, double, bool> value;

    field(std::string_view n, std::string_view v) : name(n), value(v) {}
    field(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
    field(std::string_view, std::nullptr_t) = delete;
    field(std::string_view n, std::same_as<bool> auto v) : name(n), value(v) {}
    field(std::string_view n, std::floating_point auto v) : name(n), value(static_cast<double>(v)) {}
    template <std::integral Integer>
        requires(!std::same_as<Integer, bool> && !std::same_as<Integer, char>)
    field(std::string_view n, Integer v) : name(n), value(static_cast<std::int64_t>(v)) {}
};

struct log_options {
    level lowest = level::info;
    log_format format = log_format::automatic;
    int descriptor = 2;  ///< standard error; it stays the caller's
};

/// Flushes, then writes the lines that follow as told. Before the first call the defaults hold.
void configure(log_options options);

/// One line, whatever the texts hold: control characters, ANSI sequences and line ends are escaped in both formats.
/// Thread-safe. Lines gather in a bounded queue, and a thread writes them after 200 ms, at 64 KiB, and at once for warn
/// and error. A standard error that nobody reads holds that thread and no caller: what no longer fits is dropped and
/// counted, and a line tells how many when it flows again.
void log(level at, std::string_view message, std::initializer_list<field> fields = {});
/// Waits for what has been logged to be written, at most 2 s.
void flush();
/// From now on std::terminate() waits likewise, whichever thread calls it, before it does what it did. After
/// hold_signals(): it starts the writing thread.
void flush_at_terminate();

/// How many secrets the last-chance scrub has masked since the start. Anything but 0 is a defect in whoever logged
/// them.
[[nodiscard]] std::uint64_t scrubbed_total() noexcept;
/// How many lines were dropped since the start.
[[nodiscard]] std::uint64_t dropped_total() noexcept;

}  // namespace hourkey::obs
