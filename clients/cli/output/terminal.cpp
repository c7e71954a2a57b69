#include "clients/cli/output/terminal.hpp"

#include <unistd.h>

namespace hourkey::cli {
namespace {

/// ECMA-48 8.3.117, SGR.
std::string_view code_of(tone in) noexcept {
    switch (in) {
        case tone::good: return "32";
        case tone::bad: return "31";
        case tone::doubtful: return "33";
        case tone::faint: break;
    }
    return "2";
}

}  // namespace

bool wants_colours(bool is_watched, const environment& variables) {
    return is_watched && !find_variable(variables, "NO_COLOR") && variables("TERM").value_or("dumb") != "dumb";
}

terminal this_terminal() {
    const bool out = ::isatty(STDOUT_FILENO) == 1;
    return {out, ::isatty(STDERR_FILENO) == 1, wants_colours(out, process_environment)};
}

std::string toned(std::string_view text, tone in, bool has_colours) {
    if (!has_colours) return std::string(text);
    return "\033[" + std::string(code_of(in)) + "m" + std::string(text) + "\033[0m";
}

}  // namespace hourkey::cli
