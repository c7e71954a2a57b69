#pragma once

#include "command/spec.hpp"

#include <string>
#include <vector>

namespace hourkey::command {

/// A command line taken apart; nothing is judged but which word belongs to what.
struct words {
    std::string path;                              ///< of the command or group that it names
    std::vector<std::vector<std::string>> values;  ///< for each option of the command what it was given; a flag "true"
    std::vector<std::string> unknown;  ///< what belongs to nothing
    std::string without_value;  ///< the option that ends the line and lacks its value
    bool asks_help = false;
    bool asks_version = false;
};

[[nodiscard]] words take_apart(const program& of, int argc, const char* const* argv);

}  // namespace hourkey::command
