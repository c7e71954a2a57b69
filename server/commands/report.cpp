#include "server/commands/report.hpp"

#include "obs/log.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <unistd.h>

namespace hourkey::server {
namespace {

int exit_code_of(errc code) {
    switch (describe(code).outcome) {
        case outcome_class::usage: return exit_usage;
        case outcome_class::denied: return exit_denied;
        case outcome_class::not_found: return exit_not_found;
        case outcome_class::error: break;
    }
    return exit_unavailable;
}

}  // namespace

int report(const failure& why) {
    std::string text = "hourkeyd: " + std::string(why.text());
    if (!why.hint.empty()) text += "\n  " + why.hint;
    if (!why.cause.empty()) text += "\n  cause: " + why.cause;
    std::fputs((text + "\n").c_str(), stderr);
    return exit_code_of(why.code);
}

int report_start(const failure& why) {
    if (::isatty(STDERR_FILENO) == 1) return report(why);
    obs::log(obs::level::error, "hourkeyd did not start",
             {{"code", describe(why.code).api},
              {"problem", why.text()},
              {"fix", why.hint},
              {"cause", std::string_view(why.cause)}});
    obs::flush();
    return exit_code_of(why.code);
}

int finish(const result<>& done) { return done ? static_cast<int>(exit_ok) : report(done.error()); }
int finish(const result<int>& done) { return done ? *done : report(done.error()); }

result<> print_line(const std::string& line) {
    if (std::fputs((line + "\n").c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return {};
    return failure(errc::store_unavailable,
                   "What there is to show could not be written: " + std::generic_category().message(errno) + ".",
                   "What the command was to do is done. Look at where standard output goes.");
}

}  // namespace hourkey::server
