#include "server/commands/report.hpp"

#include "obs/log.hpp"

#include <unistd.h>

namespace hourkey::server {

int report(const failure& why) { return command::report("hourkeyd", why); }

int report_start(const failure& why) {
    if (::isatty(STDERR_FILENO) == 1) return report(why);
    obs::log(obs::level::error, "hourkeyd did not start",
             {{"code", describe(why.code).api},
              {"problem", why.text()},
              {"fix", why.hint},
              {"cause", std::string_view(why.cause)}});
    obs::flush();
    return command::exit_code_of(why.code);
}

int finish(const result<>& done) { return done ? static_cast<int>(exit_ok) : report(done.error()); }
int finish(const result<int>& done) { return done ? *done : report(done.error()); }

}  // namespace hourkey::server
