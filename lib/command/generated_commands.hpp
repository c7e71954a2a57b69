#pragma once

#include "command/spec.hpp"

namespace hourkey::command {

/// The commands that tell of the others. Each asks for the program when it runs, being part of it.
using program_maker = program (*)();

/// `completion bash|zsh|fish`: the script, for the shell to read.
[[nodiscard]] spec completion_command(program_maker of);
/// `complete -- WORD...`, hidden: what the scripts ask.
[[nodiscard]] spec complete_command(program_maker of);
/// `manual FOLDER`, hidden: writes the man pages; `manual --markdown` prints the reference.
[[nodiscard]] spec manual_command(program_maker of);

}  // namespace hourkey::command
