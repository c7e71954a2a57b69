#include "clients/cli/commands/commands.hpp"

#include "client/base_url.hpp"
#include "clients/cli/ask_server.hpp"
#include "clients/cli/contexts.hpp"
#include "clients/cli/output/report.hpp"
#include "clients/cli/token_input.hpp"
#include "core/time_text.hpp"
#include "json/writer.hpp"
#include "os/private_file.hpp"

#include <filesystem>
#include <memory>

namespace hourkey::cli {
namespace {

struct login_options {
    server_flags server;
    bool json = false;
};

/// --server or HOURKEY_URL, else that of a context that is to get another token.
result<std::string> server_of(const login_options& options, const context_list& list) {
    if (!options.server.server.empty()) return options.server.server;
    if (const auto told = find_variable(process_environment, "HOURKEY_URL")) return std::string(*told);
    const auto known = list.contexts.find(options.server.context);
    if (known != list.contexts.end()) return known->second.url;
    return failure(errc::invalid_configuration, "It is not said where to log in.", "Give --server https://HOST.");
}

result<std::optional<std::string>> ca_of(const login_options& options) {
    auto file = options.server.ca_file;
    if (file.empty()) file = find_variable(process_environment, "HOURKEY_CACERT").value_or("");
    if (file.empty()) return std::optional<std::string>();
    std::error_code failed;
    const auto whole = std::filesystem::absolute(file, failed);
    if (failed) return failure(errc::invalid_configuration, "--cacert cannot be made an absolute path.");
    return std::optional(whole.string());
}

/// What the context is called when nobody says: whose token it is.
std::string name_for(const api::whoami& who) {
    if (!who.tenant) return who.role;
    return who.app ? *who.tenant + "-" + *who.app : *who.tenant;
}

result<std::string> choose_name(const login_options& options, const context_list& list, const api::whoami& who,
                                const std::string& url) {
    if (!options.server.context.empty()) return options.server.context;
    const auto name = name_for(who);
    const auto known = list.contexts.find(name);
    if (known == list.contexts.end() || is_same_server(known->second.url, url)) return name;
    return failure(errc::invalid_configuration, "There is a context '" + name + "' for another server already.",
                   "Give this one a name: --context NAME.");
}

result<> tell(const login_options& options, const std::string& name, const context& kept, const api::whoami& who) {
    if (options.json) {
        json::writer w;
        w.begin_object().string("context", name).string("server", kept.url).string("role", who.role);
        if (who.tenant) w.string("tenant", *who.tenant);
        if (who.app) w.string("app", *who.app);
        if (who.expires_at) w.string("expires_at", to_rfc3339(*who.expires_at));
        w.end_object();
        return print_line(w.take());
    }
    std::string line = "Logged in to " + kept.url + " as " + who.role;
    if (who.app) line += " '" + *who.app + "'";
    if (who.tenant) line += " of tenant '" + *who.tenant + "'";
    if (who.expires_at) line += " until " + to_rfc3339(*who.expires_at);
    return print_line(line + ". Context: " + name);
}

result<> log_in(const login_options& options) {
    if (!options.server.context.empty() && !is_context_name(options.server.context))
        return invalid_field("--context", "is no name for a context.", "Use letters, digits, '-', '_' and '.'.");
    HK_TRY(const auto path, contexts_path(process_environment));
    HK_TRY(auto list, load_contexts(path));
    context made;
    HK_TRY(made.url, server_of(options, list));
    HK_TRY([[maybe_unused]] const auto parsed, client::parse_base_url(made.url));
    HK_TRY(made.ca_file, ca_of(options));
    if (options.server.token_file.empty()) {
        HK_TRY(made.token, read_token("Token of " + made.url + ": "));
    } else {
        HK_TRY(made.token, os::read_token_file(options.server.token_file));
    }
    HK_TRY(const auto session,
           server_session::open({.url = made.url,
                                 .token = made.token.clone(),
                                 .token_from = "this login",
                                 .ca_file = made.ca_file.value_or(""),
                                 .tenant = {},
                                 .patience = std::chrono::seconds(options.server.timeout_seconds)}));
    HK_TRY(const auto who, session->wait(session->api().whoami(session->until())));
    HK_TRY(const auto name, choose_name(options, list, who, made.url));
    made.tenant = who.tenant;
    list.current = name;
    const auto& kept = list.contexts.insert_or_assign(name, std::move(made)).first->second;
    HK_CHECK(save_contexts(path, list));
    return tell(options, name, kept, who);
}

}  // namespace

command::spec login_command() {
    auto o = std::make_shared<login_options>();
    return {
        .path = "login",
        .summary = "Keep a server and a token of it as a context, and use it from now on",
        .text =
            "The token is read from standard input, without showing it on a terminal, or from --token-file; never "
            "from the command line, which others can see. The server is asked whose it is before it is kept, in "
            "~/.config/hourkey/contexts.json, which only you may read. Without --context the context is called "
            "after the tenant, and the app if it is an app's.",
        .options = with_server_options(o->server,
                                       {{.name = "--json", .text = "what was kept, for programs", .target = &o->json}}),
        .examples =
            {{"hourkey login --server https://hourkey.example.com", "Asks for the token"},
             {"hourkey login --server https://hourkey.example.com --context ci --token-file /run/secrets/hourkey",
              "For a runner"}},
        .run = ordinary_command([o] { return log_in(*o); }),
    };
}

}  // namespace hourkey::cli
