#include "server/commands/commands.hpp"

#include "json/writer.hpp"
#include "obs/log.hpp"
#include "os/readiness_notice.hpp"
#include "os/signals.hpp"
#include "os/stop_request.hpp"
#include "server/application.hpp"
#include "server/commands/bus_error.hpp"
#include "server/commands/configuration_flags.hpp"
#include "server/commands/report.hpp"

#include <csignal>
#include <memory>

#include <unistd.h>

namespace hourkey::server {
namespace {

struct serve_options {
    configuration_flags flags;
    bool begins_anew = false;  ///< what is remembered of an earlier database does not count
};

obs::level level_of(const std::string& text) {
    if (text == "debug") return obs::level::debug;
    if (text == "warn") return obs::level::warn;
    return text == "error" ? obs::level::error : obs::level::info;
}

void configure_log(const config& c) {
    obs::log_options options;
    options.lowest = level_of(c.log.level);
    options.format = c.log.format == "json"    ? obs::log_format::json
                     : c.log.format == "human" ? obs::log_format::human
                                               : obs::log_format::automatic;
    obs::configure(options);
}

std::string bus_error_line(const config& c) {
    const auto what =
        c.store.path + "-shm (the index of the database's log) has been cut by another program: the server ends";
    if (c.log.format == "human" || (c.log.format == "auto" && ::isatty(STDERR_FILENO) == 1))
        return "hourkeyd: " + what + "\n";
    json::writer w;
    w.begin_object()
        .string("level", "error")
        .string("msg", what)
        .string("fix", "start it again, and look what did that")
        .end_object();
    return w.take() + "\n";
}

result<> serve(const serve_options& options) {
    HK_TRY(auto c, options.flags.load());
    c.store.begin_anew = options.begins_anew;
    configure_log(c);
    say_at_bus_error(bus_error_line(c));
    os::stop_request stop;
    auto started = application::start(std::move(c), credentials::process_environment, &stop);
    if (!started) return stop.has_come() ? result<>() : result<>(std::move(started).error());
    const auto app = *std::move(started);
    os::notify_ready();
    while (!stop.has_come() && os::wait_for_signal() == SIGHUP) app->reload();
    app->stop();
    return {};
}

}  // namespace

command::spec serve_command() {
    auto o = std::make_shared<serve_options>();
    return {
        .path = "serve",
        .summary = "Run the server until SIGTERM; SIGHUP reads the certificate again",
        .text =
            "What it needs is in docs/OPERATIONS.md; `hourkeyd config check` tells beforehand what is wrong. Why it "
            "did not start is a line of its log when standard error is no terminal.",
        .options = configuration_options(
            o->flags, {{.name = "--new-store",
                        .text = "begin with what is there, though a database was lost or an older one put back",
                        .target = &o->begins_anew}}),
        .examples = {{"hourkeyd serve --config /etc/hourkey/hourkey.toml", "As the systemd unit does"}},
        .run =
            [o] {
                const auto served = serve(*o);
                return served ? static_cast<int>(exit_ok) : report_start(served.error());
            },
        .report_usage = report_start,
    };
}

}  // namespace hourkey::server
