#pragma once

#include "command/spec.hpp"

#include <string>

namespace hourkey::command {

/// What a command line asks for.
struct reading {
    const spec* command = nullptr;  ///< to run, its targets filled; with a problem: the one that it was meant for
    std::string text;               ///< to print instead: help, or the version
    std::optional<failure> problem;
};

/// A problem names the option, says what to do about it and where help is.
[[nodiscard]] reading read_command_line(const program& of, int argc, const char* const* argv);

/// Reads the command line and does what it asks for. Returns the exit code.
[[nodiscard]] int run(const program& of, int argc, const char* const* argv);

}  // namespace hourkey::command
