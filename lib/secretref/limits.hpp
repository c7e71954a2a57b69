#pragma once

#include <cstddef>

namespace hourkey::secretref {

/// From `$` to the closing brace. Names are 63 bytes and defaults a word or a path; without a bound, an unclosed
/// reference would be read to the line's end once for each that follows it.
inline constexpr std::size_t max_reference_bytes = 1024;

/// References and variables inside each other. Each level is a call on the stack.
inline constexpr int max_depth = 8;

/// A person mends some and runs it again; a file of another kind would fill the screen.
inline constexpr std::size_t max_problems = 20;

/// Of the document's own text that a message repeats.
inline constexpr std::size_t max_quoted_bytes = 80;

}  // namespace hourkey::secretref
