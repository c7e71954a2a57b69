#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hourkey::command {

/// A paragraph, as one line, or lines that stay as they are (those that begin with a space), without their indentation.
struct prose_block {
    bool is_verbatim = false;
    std::vector<std::string> lines;
};

[[nodiscard]] std::vector<prose_block> blocks_of(std::string_view text);

/// A phrase becomes a sentence.
[[nodiscard]] std::string sentence(std::string_view phrase);

/// Lines of at most 100 columns; those after the first are indented by so much.
[[nodiscard]] std::string wrapped(std::string_view paragraph, std::size_t indentation = 0);

}  // namespace hourkey::command
