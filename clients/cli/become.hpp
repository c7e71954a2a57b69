#pragma once

#include "core/failure.hpp"

#include <string>
#include <vector>

namespace hourkey::cli {

/// What a shell ends with, too.
inline constexpr int exit_cannot_run = 126;
inline constexpr int exit_no_such_program = 127;

/// The program that execvp(3) would find is there and may be run: 0, else the exit code, told on standard error. Before
/// credentials are fetched for it.
[[nodiscard]] int check_program(const std::string& name);

/// This process goes on as that program, found by this process's PATH. Comes back only when it cannot, told on standard
/// error, with the exit code.
[[nodiscard]] int become(std::vector<std::string> words, std::vector<std::string> environment);

}  // namespace hourkey::cli
