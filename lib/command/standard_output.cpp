#include "command/standard_output.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace hourkey::command {

result<> print(const std::string& text) {
    if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return {};
    return failure(errc::store_unavailable,
                   "What there is to show could not be written: " + std::generic_category().message(errno) + ".",
                   "What the command was to do is done. Look at where standard output goes.");
}

result<> print_line(const std::string& line) { return print(line + "\n"); }

}  // namespace hourkey::command
