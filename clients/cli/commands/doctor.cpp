#include "clients/cli/commands/commands.hpp"

#include "clients/cli/ask_server.hpp"
#include "clients/cli/aws_files.hpp"
#include "clients/cli/child_environment.hpp"
#include "clients/cli/diagnosis.hpp"
#include "clients/cli/output/report.hpp"
#include "clients/cli/output/table.hpp"
#include "clients/cli/output/terminal.hpp"
#include "http/client.hpp"
#include "http/url.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace hourkey::cli {
namespace {

using namespace std::chrono_literals;

struct doctor_options {
    server_flags server;
    bool json = false;
};

/// A metadata service is at most one hop away.
constexpr std::chrono::milliseconds patience_for_metadata = 700ms;
constexpr std::string_view metadata_address = "http://169.254.169.254";

file_text read_or_empty(const result<std::string>& path) {
    if (!path) return {};
    auto text = read_aws_file(*path);
    return {*path, text ? *std::move(text) : std::string()};
}

std::optional<file_text> container_token_file() {
    const auto path = find_variable(process_environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    if (!path) return std::nullopt;
    return read_or_empty(std::string(*path));
}

/// Owns all that the exchange uses, also when that is given up.
struct question {
    net::connection_pool pool;
    http::client_request what;
};

task<result<http::client_answer>> send(std::shared_ptr<question> q, deadline until) {
    co_return co_await http::exchange(q->pool, q->what, until);
}

/// Whatever it answers: IMDSv2 refuses a question without its token.
bool does_metadata_answer() {
    const auto told =
        find_variable(process_environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or(metadata_address);
    const auto where = http::parse_url(told);
    if (!where || where->secure) return false;
    net::blocking_calls calls;
    const std::shared_ptr<question> q(
        new question{net::connection_pool(calls.reactor(), {.host = where->host, .port = where->port, .tls = {}}), {}});
    q->what.verb = http::method::get;
    q->what.target = "/latest/meta-data/";
    q->what.host = where->host_field();
    return calls.wait(send(q, deadline::after(patience_for_metadata))).has_value();
}

finding bad(std::string_view subject, const failure& why) {
    return {severity::bad, std::string(subject), std::string(why.text()), why.hint};
}

void look_at_server(std::vector<finding>& out, const server_flags& flags) {
    auto settings = load_settings(flags);
    if (!settings) return out.push_back(bad("server", settings.error()));
    const auto session = server_session::open(*std::move(settings));
    if (!session) return out.push_back(bad("server", session.error()));
    const auto who = (*session)->wait((*session)->api().whoami((*session)->until()));
    if (!who) return out.push_back(bad("server", who.error()));
    const auto& asked = (*session)->settings();
    out.push_back({severity::good, "server", asked.url + " answers, and its certificate is trusted."});
    out.push_back({severity::good, "token",
                   "From " + asked.token_from + ": role " + who->role +
                       (who->tenant ? " of tenant " + *who->tenant : "") + (who->app ? ", app " + *who->app : "") +
                       "."});
    const auto warning = clock_warning((*session)->clock_difference());
    if (warning.empty())
        out.push_back({severity::good, "clock", "It is right."});
    else
        out.push_back({severity::bad, "clock", warning, "Set it: AWS refuses what is signed at a wrong time."});
}

std::string_view word_of(severity how) {
    switch (how) {
        case severity::good: return "ok";
        case severity::doubtful: return "warn";
        case severity::bad: break;
    }
    return "fail";
}

tone tone_of(severity how) {
    if (how == severity::good) return tone::good;
    return how == severity::bad ? tone::bad : tone::doubtful;
}

std::string as_json(const std::vector<finding>& found) {
    json::writer w(4096);
    w.begin_object().key("items").begin_array();
    for (const auto& f : found) {
        w.begin_object().string("state", word_of(f.how)).string("subject", f.subject).string("finding", f.what);
        if (!f.fix.empty()) w.string("fix", f.fix);
        w.end_object();
    }
    w.end_array().end_object();
    return w.take();
}

std::string as_lines(const std::vector<finding>& found) {
    const auto colours = this_terminal().has_colours;
    std::string out;
    for (const auto& f : found) {
        const std::string word(word_of(f.how));
        out += (out.empty() ? "" : "\n") + toned(word, tone_of(f.how), colours) + std::string(6 - word.size(), ' ') +
               printable(f.subject) + ": " + printable(f.what);
        if (!f.fix.empty()) out += "\n      " + printable(f.fix);
    }
    return out;
}

result<int> examine(const doctor_options& options) {
    machine here{.entries = own_entries(),
                 .credentials = read_or_empty(credentials_path(process_environment)),
                 .config = read_or_empty(config_path(process_environment)),
                 .container_token_file = container_token_file(),
                 .metadata_answers = does_metadata_answer()};
    std::vector<finding> found;
    look_at_server(found, options.server);
    for (auto& f : diagnose(here)) found.push_back(std::move(f));
    HK_CHECK(print_line(options.json ? as_json(found) : as_lines(found)));
    const bool is_well = std::ranges::none_of(found, [](const finding& f) { return f.how == severity::bad; });
    return static_cast<int>(is_well ? exit_ok : exit_found_wrong);
}

}  // namespace

command::spec doctor_command() {
    auto o = std::make_shared<doctor_options>();
    return {
        .path = "doctor",
        .summary = "Look for what would make a tool sign as somebody else, or fail",
        .text =
            "The server, its certificate, the token and the clock; variables, the SDKs' own files, and a metadata "
            "service that gives out the machine's role. Nothing is vended or changed.",
        .options = with_server_options(o->server, {{.name = "--json", .text = "for programs", .target = &o->json}}),
        .examples = {{"hourkey doctor", "Before the first deployment from a machine"}},
        .exit_codes = {{exit_found_wrong, "something is wrong; what is doubtful alone is told and is 0"}},
        .run = ordinary_command([o] { return examine(*o); }),
    };
}

}  // namespace hourkey::cli
