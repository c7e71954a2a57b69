#include "clients/cli/exec_with_agent.hpp"

#include "clients/cli/become.hpp"
#include "clients/cli/hidden_aws_files.hpp"
#include "clients/cli/output/report.hpp"
#include "os/foreground_child.hpp"
#include "os/signal_queue.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <utility>

namespace hourkey::cli {
namespace {

/// What the default would end this process by, and with it the credentials of a child that may go on.
constexpr std::initializer_list<int> passed_on{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

task<> pass_on(os::signal_queue& from, std::shared_ptr<os::foreground_child> to) {
    for (;;) {
        const auto came = co_await from.next();
        // The terminal tells the whole foreground group, and a program that is told twice may end at once instead of
        // putting things in order (terraform does).
        if (!came.is_from_terminal) to->send(came.number);
    }
}

task<> end_with(std::shared_ptr<os::foreground_child> child, net::reactor& on, std::shared_ptr<int> code) {
    *code = co_await child->wait();
    on.stop();
}

int wait_for(net::reactor& on, os::signal_queue& signals, std::shared_ptr<os::foreground_child> child) {
    const auto code = std::make_shared<int>(exit_unavailable);
    on.spawn(pass_on(signals, child));
    on.spawn(end_with(std::move(child), on, code));
    on.context().restart();
    on.run();
    return *code;
}

/// Without one that is asked for: the caller's, under both names, for the files that may have said it are hidden.
std::optional<std::string> region_of_child(const agent_run& run, const api::credentials& vended) {
    if (auto asked = region_for(run.vend, vended)) return asked;
    for (const auto* name : {"AWS_REGION", "AWS_DEFAULT_REGION"})
        if (const auto own = find_variable(process_environment, name)) return std::string(*own);
    return std::nullopt;
}

std::vector<std::string> environment_of_child(const agent_run& run, agent_service& service,
                                              const connection_name& connection, const api::credentials& vended,
                                              const hidden_aws_files& files) {
    const auto& endpoint = service.endpoint();
    const credentials_endpoint at{.uri = endpoint.url_of(connection),
                                  .token = endpoint.token().clone(),
                                  .credentials_file = files.credentials(),
                                  .config_file = files.config()};
    const child_identity who{.connection = connection.str(),
                             .from = &at,
                             .region = region_of_child(run, vended),
                             .keeps_token = run.keeps_token};
    const auto entries = own_entries();
    auto changes = changes_for(who, entries);
    for (const auto& sentence : changes.notes) note(sentence);
    service.add_metadata(changes);
    return changed(entries, changes, run.what);
}

int tell_not_started(const std::string& name, const os::start_failure& why) {
    note("'" + name + "' cannot be run: " + why.cause + ".");
    return why.is_missing ? exit_no_such_program : exit_cannot_run;
}

}  // namespace

result<int> exec_with_agent(const agent_run& run) {
    HK_TRY(const auto connection, connection_of(run.vend));
    if (const auto outer = find_variable(process_environment, "HOURKEY_CONNECTION"))
        note("This runs within `hourkey exec " + std::string(*outer) + "`, whose credentials are left out.");
    HK_TRY(const auto service, agent_service::open({.server = run.server,
                                                    .vend = run.vend,
                                                    .agent = run.agent,
                                                    .connections = {connection},
                                                    .renews = agent::renewal::always}));
    HK_TRY(const auto vended, service->prefetch(connection));
    auto& on = service->session().reactor();
    // From here on a signal must not leave files behind.
    os::signal_queue signals(on.get_executor(), passed_on);
    HK_TRY(const auto files, hidden_aws_files::make(process_environment));
    const auto variables = environment_of_child(run, *service, connection, *vended, files);
    std::fflush(nullptr);
    if (const auto came = signals.take()) return 128 + came->number;
    auto child = os::foreground_child::start(on.get_executor(), run.words, variables, signals.mask_before());
    if (!child) return tell_not_started(run.words.front(), child.error());
    const int code = wait_for(on, signals, *std::move(child));
    service->endpoint().stop();
    return code;
}

}  // namespace hourkey::cli
