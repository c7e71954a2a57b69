#pragma once

#include "command/spec.hpp"

#include <span>
#include <string>
#include <vector>

namespace hourkey::command {

struct candidate {
    std::string word;
    std::string text;  ///< what it is; may be empty
};

/// What may stand in a place of the command line.
struct completion {
    std::vector<candidate> candidates;
    value_form files = value_form::text;  ///< anything else: the names of files or folders too
};

/// `line` is what follows the program's name, up to the word that is being typed, which is its last and may be empty.
/// bash's way of splitting at `=` is understood.
[[nodiscard]] completion complete(const program& of, std::span<const std::string> line);

/// As the scripts read it: a candidate a line, its text behind a tab; at last ":files" or ":folders".
[[nodiscard]] std::string lines_of(const completion& found);

}  // namespace hourkey::command
