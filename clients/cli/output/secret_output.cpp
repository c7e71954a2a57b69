#include "clients/cli/output/secret_output.hpp"

#include "clients/cli/output/terminal.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace hourkey::cli {

result<> check_may_print_secrets(revealing wanted) {
    if (wanted == revealing::yes || !this_terminal().out_is_watched) return {};
    return failure(errc::invalid_configuration, "This would show secrets on the terminal, which keeps them.",
                   "Send standard output elsewhere, or give --reveal.");
}

result<> print_secret(const secret& text) {
    // Unbuffered: stdio's copy would not be wiped.
    std::setvbuf(stdout, nullptr, _IONBF, 0);
    if (std::fwrite(text.expose().data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return {};
    return failure(errc::store_unavailable,
                   "The credentials could not be written: " + std::generic_category().message(errno) + ".",
                   "They are vended and lost. Look at where standard output goes, and ask again.");
}

}  // namespace hourkey::cli
