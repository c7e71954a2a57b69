#pragma once

#include "clients/cli/environment.hpp"

#include <string>
#include <string_view>

namespace hourkey::cli {

/// Who looks at what is printed.
struct terminal {
    bool out_is_watched = false;  ///< standard output is a terminal
    bool err_is_watched = false;
    bool has_colours = false;     ///< on standard output
};

/// Colours as https://no-color.org asks: none with a NO_COLOR, on a dumb terminal, or where nobody looks.
[[nodiscard]] terminal this_terminal();
[[nodiscard]] bool wants_colours(bool is_watched, const environment& variables);

enum class tone { good, bad, doubtful, faint };
[[nodiscard]] std::string toned(std::string_view text, tone in, bool has_colours);

}  // namespace hourkey::cli
