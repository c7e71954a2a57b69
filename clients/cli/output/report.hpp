#pragma once

#include "command/exit_code.hpp"
#include "command/standard_output.hpp"
#include "core/failure.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace hourkey::cli {

using command::print;
using command::print_line;
using enum command::exit_code;

/// Tells of a failure on standard error, and returns the exit code.
[[nodiscard]] int report(const failure& why);
/// In one line, for who shows but one, and what it may: no cause.
[[nodiscard]] std::string one_line(const failure& why);
/// A line on standard error about what is done nevertheless: "hourkey: ...".
void note(std::string_view text);

/// Exit code 0, or the failure told and its code.
[[nodiscard]] int finish(const result<>& done);
[[nodiscard]] int finish(const result<int>& done);

/// How a command runs whose work returns result<> or result<int>.
template <class Work>
[[nodiscard]] std::function<int()> ordinary_command(Work work) {
    return [work = std::move(work)] { return finish(work()); };
}

}  // namespace hourkey::cli
