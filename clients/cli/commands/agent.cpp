#include "clients/cli/commands/commands.hpp"

#include "aws/session_limits.hpp"
#include "clients/cli/agent_folder.hpp"
#include "clients/cli/agent_service.hpp"
#include "clients/cli/child_environment.hpp"
#include "clients/cli/output/report.hpp"
#include "clients/cli/own_folders.hpp"
#include "core/shell_word.hpp"
#include "os/readiness_notice.hpp"
#include "os/signal_queue.hpp"

#include <csignal>
#include <memory>
#include <utility>

namespace hourkey::cli {
namespace {

struct agent_options {
    server_flags server;
    vend_flags vend;
    agent_flags agent;
    std::vector<std::string> connections;
    std::string folder;
};

result<std::vector<connection_name>> names_of(const std::vector<std::string>& texts) {
    std::vector<connection_name> out;
    for (const auto& text : texts) {
        HK_TRY(auto name, connection_name::parse(text));
        out.push_back(std::move(name));
    }
    return out;
}

result<agent_folder> open_folder(const agent_options& options) {
    if (!options.folder.empty()) return agent_folder::open(options.folder);
    HK_TRY(const auto parent, cache_folder(process_environment));
    HK_CHECK(make_private_folder(parent));
    return agent_folder::open(parent + "/agent");
}

/// Prints what to say to a shell.
result<> announce(agent_service& service, agent_folder& folder, const connection_name& name,
                  std::optional<std::string> region) {
    const auto& endpoint = service.endpoint();
    const credentials_endpoint at{.uri = endpoint.url_of(name),
                                  .token = endpoint.token().clone(),
                                  .credentials_file = folder.credentials(),
                                  .config_file = folder.config()};
    auto changes = changes_in_any_environment(
        {.connection = name.str(), .from = &at, .region = std::move(region), .keeps_token = true});
    service.add_metadata(changes);
    HK_TRY(const auto file, folder.write_variables(name.str(), changes));
    return print_line(". " + shell_word(file));
}

/// Fails when another agent is at work there.
result<agent_folder> move_in(agent_service& service, const agent_options& options) {
    HK_TRY(auto folder, open_folder(options));
    HK_CHECK(service.endpoint().listen_unix(folder.socket()));
    HK_CHECK(folder.write_empty_files());
    return folder;
}

task<> stop_by(os::signal_queue& signals, net::reactor& on) {
    static_cast<void>(co_await signals.next());
    on.stop();
}

result<> run_agent(const agent_options& options) {
    HK_TRY(const auto connections, names_of(options.connections));
    HK_TRY(const auto service, agent_service::open({.server = options.server,
                                                    .vend = options.vend,
                                                    .agent = options.agent,
                                                    .connections = connections,
                                                    .renews = agent::renewal::while_used}));
    std::vector<std::optional<std::string>> regions;
    for (const auto& name : connections) {
        HK_TRY(const auto vended, service->prefetch(name));
        regions.push_back(region_for(options.vend, *vended));
    }
    auto& on = service->session().reactor();
    // From here on a signal must not leave files behind.
    os::signal_queue signals(on.get_executor(), {SIGHUP, SIGINT, SIGTERM});
    HK_TRY(auto folder, move_in(*service, options));
    for (std::size_t i = 0; i < connections.size(); ++i)
        HK_CHECK(announce(*service, folder, connections[i], std::move(regions[i])));
    os::notify_ready();
    on.spawn(stop_by(signals, on));
    on.context().restart();
    on.run();
    service->endpoint().stop();
    return {};
}

}  // namespace

command::spec agent_command() {
    auto o = std::make_shared<agent_options>();
    constexpr command::number_range lives{0, static_cast<std::uint64_t>(aws::longest_session.count())};
    return {
        .path = "agent",
        .summary = "Hand out connections' credentials on this machine, for as long as it runs",
        .text =
            "For a workstation or a CI runner. Tools ask it as they ask a container's endpoint, over loopback and with "
            "its own token; it renews the credentials of whoever uses them at half of their life. While the server is "
            "down it hands out what it has until that ends; what the server refuses it hands out no longer.\n\n"
            "Once the credentials are there it prints a line for each connection, which makes a shell use them:\n\n"
            "    . \"$XDG_RUNTIME_DIR/hourkey/agent/prod.env\"\n\n"
            "Those files hold the agent's token, are this user's alone and go with the agent. They also take away what "
            "leads to another identity, the user's own AWS files included: give --region where those said it. "
            "The socket agent.sock beside them answers this user without a token: curl --unix-socket.\n\n"
            "config/hourkey-agent@.service runs it under systemd.",
        .options = with_server_options(
            o->server,
            with_agent_options(
                o->agent,
                {{.name = "CONNECTION", .text = "whose credentials", .target = &o->connections, .is_required = true},
                 {.name = "--folder",
                  .value = "FOLDER",
                  .text = "for its socket and files; else agent/ in $XDG_RUNTIME_DIR/hourkey",
                  .target = &o->folder,
                  .form = command::value_form::folder},
                 {.name = "--region",
                  .value = "REGION",
                  .text = "of AWS, for the tools; else the connection's own, if it has one",
                  .target = &o->vend.region},
                 {.name = "--duration-seconds",
                  .value = "SECONDS",
                  .text = "how long the credentials are to live; 0: as long as is usual",
                  .target = &o->vend.duration_seconds,
                  .range = lives}})),
        .examples = {{"hourkey agent prod", "In a terminal of its own"},
                     {"hourkey agent ci-deploy --region eu-west-1 &", "In a CI job, before its steps"}},
        .run = ordinary_command([o] { return run_agent(*o); }),
    };
}

}  // namespace hourkey::cli
