#include "server/commands/serve.hpp"

#include "json/writer.hpp"
#include "obs/log.hpp"
#include "os/signals.hpp"
#include "os/stop_request.hpp"
#include "server/application.hpp"
#include "server/commands/bus_error.hpp"
#include "server/commands/readiness_notice.hpp"

#include <csignal>

#include <unistd.h>

namespace hourkey::server {
namespace {

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

}  // namespace

result<> serve(const configuration_flags& flags, const serve_options& options) {
    HK_TRY(auto c, flags.load());
    c.store.begin_anew = options.new_store;
    configure_log(c);
    say_at_bus_error(bus_error_line(c));
    os::stop_request stop;
    auto started = application::start(std::move(c), sts::process_environment, &stop);
    if (!started) return stop.has_come() ? result<>() : result<>(std::move(started).error());
    const auto app = *std::move(started);
    notify_ready();
    while (!stop.has_come() && os::wait_for_signal() == SIGHUP) app->reload();
    app->stop();
    return {};
}

}  // namespace hourkey::server
