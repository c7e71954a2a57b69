#include "server/dev/dev_mode.hpp"

#include "core/shell_word.hpp"
#include "credentials/credential_plan.hpp"
#include "credentials/shared_files.hpp"
#include "obs/log.hpp"
#include "os/stop_request.hpp"
#include "server/application.hpp"
#include "server/commands/report.hpp"
#include "server/dev/dev_emulator.hpp"
#include "server/dev/dev_folder.hpp"
#include "server/dev/dev_guide.hpp"
#include "server/dev/pasted_lines.hpp"
#include "server/dev/role_recipe.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace hourkey::server {
namespace {

using namespace std::chrono_literals;

struct dev_options {
    /// Database, CA, keys: kept, so that a second run goes on where the first ended.
    std::string folder = "hourkey-dev";
    std::uint16_t port = 8443;
    std::uint16_t admin_port = 8444;
    bool real_aws = false;  ///< STS itself, with the base credentials of the environment, instead of the emulator
    std::string role_arn;   ///< with real_aws: the role to link; empty: role/hourkey-demo of our own account
    bool once = false;      ///< vend once, print, stop: for tests
};

constexpr const char* loopback = "127.0.0.1";
constexpr auto verify_pause = 2s;
/// A new key is not known everywhere for some seconds, and is asked about after 2, 6 and 14 of them.
constexpr auto identity_wait = 20s;
/// After a change in IAM the servers of AWS do not agree for about so long.
constexpr auto settling = 60s;
constexpr auto between_looks = 100ms;
/// Nobody else's requests are lost.
constexpr auto drain = 1s;

/// 0: a server could listen there.
int error_of_listening(std::uint16_t port) {
    const os::unique_descriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int yes = 1;
    ::setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &yes,
                 sizeof(yes));  // as the listener does: TIME_WAIT is no hindrance
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::bind(probe.get(), reinterpret_cast<const sockaddr*>(&where), sizeof(where)) == 0 ? 0 : errno;
}

/// HOURKEY_STORE__MIN_FREE_MIB and its like count, as they do for serve; but never where that would open this server to
/// the network, or lead to another server's store and keys. Against the emulator none of [aws] does.
result<config> dev_config(const dev_options& options) {
    HK_TRY(auto c, load_config({.file = {}, .env = process_environment(), .overrides = {}}));
    c.listen.address = loopback;
    c.listen.port = options.port;
    c.admin.address = loopback;
    c.admin.port = options.admin_port;
    c.listen.max_connections = 128;  // a newcomer's; so that a low descriptor limit is no cause for a warning
    c.log.level = "warn";
    return c;
}

void use_folder(config& c, const dev_folder& folder) {
    c.listen.cert_file = folder.certificate;
    c.listen.key_file = folder.key;
    c.store.path = folder.database;
    c.store.key_file.clear();
}

void use_emulator(config& c, const dev_folder& folder, const dev_emulator& emulator) {
    c.aws = {};
    c.aws.region = "us-east-1";
    c.aws.principal_arn = emulator.principal_arn();
    c.aws.sts_endpoint = emulator.url();
    c.aws.ca_file = folder.ca;
}

/// Asked before the start, whose message is for those who have a configuration.
result<> check_ports(const dev_options& options) {
    constexpr std::string_view fix =
        "Stop what listens there, or choose another port: --port and --admin-port; 0 takes a free one.";
    if (options.port == options.admin_port && options.port != 0)
        return failure(errc::invalid_configuration,
                       "--port and --admin-port are both " + std::to_string(options.port) + ".", std::string(fix));
    for (const auto port : {options.port, options.admin_port}) {
        if (const auto error = error_of_listening(port); error != 0)
            return failure(
                errc::invalid_configuration,
                "Cannot listen on 127.0.0.1 port " + std::to_string(port) + ": " + std::strerror(error) + ".",
                std::string(fix));
    }
    return {};
}

result<aws::role_arn> demo_role(const dev_options& options, const application& app, const dev_emulator* emulator) {
    if (emulator != nullptr) return aws::role_arn::parse(emulator->role_arn());
    if (!options.role_arn.empty()) return aws::role_arn::parse(options.role_arn);
    const auto own = app.identify().principal_arn;
    const auto account = own.find("::");
    const auto problem = app.identity_problem();
    if (account == std::string::npos)
        return failure(errc::base_credentials_unavailable,
                       "AWS did not say whose credentials these are" + (problem.empty() ? "." : ": " + problem),
                       "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, or name the role: --role-arn "
                       "arn:aws:iam::123456789012:role/name");
    return aws::role_arn::parse(own.substr(0, account + 2) + own.substr(account + 2, 12) + ":role/hourkey-demo");
}

/// What STS never allows need not be waited for.
result<> check_standing(const aws_identity& own) {
    if (own.may_assume_roles) return {};
    const bool root = own.principal_arn.ends_with(":root");
    return failure(errc::base_credentials_unavailable,
                   root ? "These are keys of an account's root user, to whom STS refuses AssumeRole."
                        : "These are keys of a federated user (GetFederationToken), to whom STS refuses AssumeRole.",
                   "Use the keys of an IAM user that may sts:AssumeRole and nothing else.");
}

/// The credentials that are there are fetched and asked about in the background, again and again, so that only the lack
/// of any is final.
result<> wait_for_identity(const application& app, os::stop_request& stop) {
    const auto until = deadline::after(identity_wait);
    std::string told;
    while (app.identify().principal_arn.empty() && !until.has_passed(std::chrono::steady_clock::now())) {
        if (stop.came_within(between_looks)) return failure(errc::shutting_down);
        const auto problem = app.identity_problem();
        if (problem.empty() || problem == told) continue;
        say("Waiting for AWS to say whose credentials these are; so far: " + problem);
        told = problem;
    }
    return check_standing(app.identify());
}

std::string sentence_of(const verdict& v, const std::string& role_arn) {
    std::string out = "\nThe connection is '" + v.state + "': ";
    if (v.state == model::to_text(model::connection_state::insecure_trust)) {
        out += "others can assume " + role_arn + " too, so hourkey vends nothing of it.";
    } else if (v.is_refused) {
        out += "AWS does not yet let hourkey assume " + role_arn + ".";
    } else {
        out += "AWS has not told yet whether hourkey may assume " + role_arn + ".";
    }
    return out + "\n  " + v.problem;
}

/// Says once what to do about the role, as soon as it is known that something is to be done, and for whom.
class role_teacher {
public:
    explicit role_teacher(aws::role_arn role) : role_(std::move(role)) {}

    result<> teach(dev_guide& g, const application& app, const verdict& v) {
        if (!v.is_refused || v.state == taught_for_) return {};
        HK_TRY(const auto policy, g.trust_policy());
        const auto own = app.identify();
        if (!policy) {
            if (!told_to_wait_)
                say("hourkey does not know yet who it is to AWS, and so not whom the role is to trust. " +
                    app.identity_problem());
            told_to_wait_ = true;
            return {};
        }
        if (own.path_is_guessed)
            say("That hourkey is " + own.principal_arn +
                " is a guess: AWS does not tell the path of a session's role. If it has one, set aws.principal_arn "
                "(HOURKEY_AWS__PRINCIPAL_ARN) to its whole "
                "ARN and start again.");
        const bool is_open = v.state == model::to_text(model::connection_state::insecure_trust);
        say(is_open ? line_to_close_role(role_, *policy) : lines_to_make_role(role_, *policy, own.principal_arn));
        say("Trying again every 2 seconds; Ctrl-C ends.");
        taught_for_ = v.state;
        return {};
    }

private:
    aws::role_arn role_;
    bool told_to_wait_ = false;
    std::string taught_for_;
};

/// Against real AWS someone has to give the role its trust policy first.
result<> verify_until_active(dev_guide& g, const application& app, const aws::role_arn& role, bool keep_trying,
                             os::stop_request& stop) {
    role_teacher teacher(role);
    std::string told;
    for (;;) {
        HK_TRY(const auto v, g.verify());
        if (v.state == model::to_text(model::connection_state::active)) return {};
        if (!keep_trying)
            return failure(errc::connection_not_ready, "The connection could not be verified: " + v.problem);
        HK_CHECK(check_standing(app.identify()));
        const auto sentence = sentence_of(v, role.str());
        if (sentence != told) say(sentence);
        told = sentence;
        HK_CHECK(teacher.teach(g, app, v));
        if (stop.came_within(verify_pause)) return failure(errc::shutting_down);
    }
}

/// In one line, as the server says it.
std::string in_words(const failure& why) {
    return std::string(describe(why.code).api) + ": " + std::string(why.text()) +
           (why.hint.empty() ? "" : " " + why.hint);
}

result<> vend_once(dev_guide& g, bool keep_trying, os::stop_request& stop) {
    const auto until = deadline::after(settling);
    for (bool told = false;; told = true) {
        const auto vended = g.vend();
        if (vended) {
            dev_guide::show(*vended);
            return {};
        }
        const auto& why = vended.error();
        const auto status = describe(why.code).http_status;
        const bool may_pass = status == 422 || status == 429 || status >= 500;
        if (why.code == errc::shutting_down) return why;
        if (!may_pass || !keep_trying || until.has_passed(std::chrono::steady_clock::now()))
            return failure(errc::internal, "The vend was refused: " + in_words(why));
        if (!told)
            say("\nThe first vend was not answered with credentials; IAM may still be settling. Trying again for about "
                "a minute: " +
                in_words(why));
        if (stop.came_within(verify_pause)) return failure(errc::shutting_down);
    }
}

/// The same again, to be pasted into a shell.
std::string dev_line(const dev_folder& folder, const dev_options& options) {
    std::string line = "hourkeyd dev --dir " + shell_word(folder.root);
    const dev_options usual;
    if (options.port != usual.port) line += " --port " + std::to_string(options.port);
    if (options.admin_port != usual.admin_port) line += " --admin-port " + std::to_string(options.admin_port);
    if (options.real_aws) line += " --aws";
    if (!options.role_arn.empty()) line += " --role-arn " + shell_word(options.role_arn);
    return line;
}

/// From a server that listens to its first vend. Fails with shutting_down when `stop` comes meanwhile.
result<> lead_to_a_vend(application& app, const dev_folder& folder, const dev_options& options, dev_emulator* emulator,
                        os::stop_request& stop) {
    HK_TRY(auto trusting, net::make_tls_client_context(folder.ca));
    dev_guide g(app, folder, std::move(trusting), stop);
    if (emulator == nullptr && options.role_arn.empty()) HK_CHECK(wait_for_identity(app, stop));
    HK_TRY(const auto role, demo_role(options, app, emulator));
    HK_CHECK(g.prepare(role));
    if (emulator != nullptr) emulator->trust(g.external_id());
    say("Tenant '" + std::string(demo_tenant) + "', app '" + std::string(demo_app) + "', connection '" +
        std::string(demo_connection) + "' -> " + role.str());
    HK_CHECK(verify_until_active(g, app, role, options.real_aws, stop));
    say("Verified: the role opens with the connection's external id, and stays shut with a wrong one or none.");
    HK_CHECK(vend_once(g, options.real_aws, stop));
    if (options.once) {
        say("\n--once ends it here. Without --once the server stays, and the lines to use it are printed: " +
            dev_line(folder, options));
        return {};
    }
    HK_CHECK(g.say_how_to_repeat(emulator != nullptr ? emulator->url() : std::string()));
    if (emulator != nullptr)
        say("\nThe emulator takes more roles to link, and keeps them in this folder: `hourkey-sts-emulator --help` "
            "tells how to talk to " +
            emulator->url() + "/_emulator.");
    const bool shows_requests = ::isatty(STDERR_FILENO) == 1;
    if (shows_requests) {
        const obs::log_options requests{
            .lowest = obs::level::info, .format = obs::log_format::human, .descriptor = STDERR_FILENO};
        obs::configure(requests);
    }
    say("\nCtrl-C ends it. Everything is in " + folder.root + "; delete that folder to start afresh." +
        (shows_requests ? "\nFrom now on each request is a line here." : ""));
    return {};
}

/// Fails when there is nothing to ask AWS with: waiting would not help.
result<> find_credentials(const credentials::environment& env) {
    HK_CHECK(credentials::plan_credentials(
        env, std::nullopt, [&env] { return credentials::read_shared_files(credentials::find_shared_files(env)); }));
    return {};
}

/// The folder's name helps, whatever it is that another process has.
failure with_folder_hint(failure why) {
    if (why.code == errc::store_unavailable && why.hint.find("--dir") == std::string::npos)
        why.hint += (why.hint.empty() ? "" : " ") + std::string("Another folder is chosen with --dir.");
    return why;
}

result<> run(const dev_options& options) {
    if (!options.role_arn.empty()) HK_CHECK(aws::role_arn::parse(options.role_arn));
    HK_TRY(auto c, dev_config(options));
    HK_CHECK(check_ports(options));
    HK_CHECK(check_room(options.folder, c.store.min_free_mib));
    HK_TRY(const auto folder, prepare_dev_folder(options.folder));
    use_folder(c, folder);
    credentials::environment env = credentials::process_environment;
    std::unique_ptr<dev_emulator> emulator;
    if (options.real_aws) {
        HK_CHECK(find_credentials(env));
    } else {
        HK_TRY(emulator, dev_emulator::start(folder));
        env = emulator->base_environment();
        use_emulator(c, folder, *emulator);
    }
    const obs::log_options logs{.lowest = obs::level::warn, .format = obs::log_format::automatic, .descriptor = 2};
    obs::configure(logs);
    const auto min_free_mib = c.store.min_free_mib;
    os::stop_request stop;
    auto app = application::start(std::move(c), env, &stop);
    if (!app) return stop.has_come() ? result<>() : result<>(with_folder_hint(std::move(app).error()));
    say("hourkey is listening on " + (*app)->public_url() +
        " (health and metrics: http://127.0.0.1:" + std::to_string((*app)->admin_port()) + ")");
    say("Its CA, made for this folder: " + folder.ca);
    say("STS: " + (emulator ? "hourkey's own emulator at " + emulator->url() : (*app)->sts_host()));

    const auto led = lead_to_a_vend(**app, folder, options, emulator.get(), stop);
    if (led && !options.once)
        while (!stop.came_within(std::chrono::hours{24})) {}
    (*app)->stop(drain);
    if (led || stop.has_come()) return {};
    // A 503 does not tell a caller of paths and disks.
    HK_CHECK(check_room(folder.root, min_free_mib));
    return led;
}

}  // namespace

command::spec dev_command() {
    auto o = std::make_shared<dev_options>();
    return {
        .path = "dev",
        .summary = "Try hourkey: own CA, STS emulator, a demo tenant and one vend, all on loopback",
        .text =
            "Shows the lines by which the vend is repeated, then serves until Ctrl-C. A second run goes on where the "
            "first one ended.",
        .options = {{.name = "--dir",
                     .value = "FOLDER",
                     .text = "for database, keys and CA",
                     .target = &o->folder,
                     .form = command::value_form::folder},
                    {.name = "--port", .value = "PORT", .text = "0: a free one", .target = &o->port},
                    {.name = "--admin-port", .value = "PORT", .text = "0: a free one", .target = &o->admin_port},
                    {.name = "--aws",
                     .text = "real STS with the AWS credentials of your environment",
                     .target = &o->real_aws},
                    {.name = "--role-arn",
                     .value = "ARN",
                     .text = "the role to link",
                     .target = &o->role_arn,
                     .needs = {"--aws"}},
                    {.name = "--once", .text = "stop after the first vend", .target = &o->once}},
        .examples = {{"hourkeyd dev", "Without AWS"},
                     {"hourkeyd dev --aws --role-arn arn:aws:iam::444455556666:role/hourkey-demo",
                      "With a role of yours"}},
        .run = [o] { return finish(run(*o)); },
    };
}

}  // namespace hourkey::server
