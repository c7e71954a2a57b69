#include "server/dev_mode.hpp"

#include "json/reader.hpp"
#include "obs/log.hpp"
#include "server/application.hpp"
#include "server/blocking_client.hpp"
#include "server/command_line.hpp"
#include "server/dev_emulator.hpp"
#include "server/dev_folder.hpp"
#include "server/private_file.hpp"
#include "server/process_hardening.hpp"

#include <csignal>
#include <cstdio>
#include <ctime>
#include <optional>

namespace hourkey::server {
namespace {

constexpr std::string_view demo_tenant = "demo", demo_app = "deploy", demo_connection = "demo";
constexpr std::chrono::seconds verify_pause{5};
/// AWS answers in tens of milliseconds; this leaves time for a second try.
constexpr std::chrono::seconds identity_wait{15};

void say(const std::string& line) {
    std::fputs((line + "\n").c_str(), stdout);
    std::fflush(stdout);
}

/// The newcomer's admin: does over HTTPS what the README tells to do.
class guide {
public:
    guide(application& on, const dev_folder& folder, net::ssl_ctx_ptr trusting)
        : app_(on), client_(net::endpoint{.host = "127.0.0.1", .port = on.port(), .tls = std::move(trusting)}), folder_(folder) {}

    result<> prepare(const std::string& role_arn);
    /// The connection's state now.
    result<std::string> verify(std::string& first_problem);
    result<> show_vend();

    [[nodiscard]] const std::string& external_id() const { return external_id_; }
    [[nodiscard]] const std::string& trust_policy() const { return trust_policy_; }

private:
    result<std::string> call(http::method verb, const std::string& target, const std::string& body, std::string_view token);
    result<secret> token_for(model::role role);

    application& app_;
    blocking_client client_;
    const dev_folder& folder_;
    secret admin_, vending_;
    std::string external_id_, trust_policy_;
};

result<std::string> guide::call(http::method verb, const std::string& target, const std::string& body, std::string_view token) {
    HK_TRY(auto answer, client_.send(verb, target, body, token));
    if (answer.status < 300 || (answer.status == 409 && target == "/v1/tenants")) return std::move(answer.body);
    return failure(errc::internal, std::string(to_text(verb)) + " " + target + " answered " + std::to_string(answer.status) + ": " + answer.body);
}

result<secret> guide::token_for(model::role role) {
    token_wish wish;
    wish.role = role;
    wish.life = std::chrono::days{1};
    if (role != model::role::operator_) {
        HK_TRY(wish.tenant, tenant_name::parse(demo_tenant));
    }
    if (role == model::role::app) {
        HK_TRY(wish.app, app_name::parse(demo_app));
    }
    HK_TRY(auto issued, app_.issue_token(wish));
    return std::move(issued.text);
}

result<> guide::prepare(const std::string& role_arn) {
    const std::string base = "/v1/tenants/" + std::string(demo_tenant);
    const std::string link = base + "/connections/" + std::string(demo_connection);
    HK_TRY(const auto operator_token, token_for(model::role::operator_));
    HK_CHECK(call(http::method::post, "/v1/tenants", R"({"name":")" + std::string(demo_tenant) + R"("})", operator_token.expose()));
    HK_TRY(admin_, token_for(model::role::admin));
    HK_CHECK(call(http::method::put, base + "/apps/" + std::string(demo_app), "{}", admin_.expose()));
    HK_TRY(const auto linked, call(http::method::put, link, R"({"kind":"role","role_arn":")" + role_arn + R"("})", admin_.expose()));
    HK_TRY(const auto document, json::parse(linked));
    auto fields = document.root();
    HK_TRY(external_id_, fields.string("external_id"));
    HK_TRY(trust_policy_, fields.string("trust_policy"));
    HK_CHECK(call(http::method::put, link + "/grants/" + std::string(demo_app), "{}", admin_.expose()));
    HK_TRY(vending_, token_for(model::role::app));
    return {};
}

result<std::string> guide::verify(std::string& first_problem) {
    HK_TRY(const auto body, call(http::method::post, "/v1/tenants/" + std::string(demo_tenant) + "/connections/" + std::string(demo_connection) + "/verify", "",
                                 admin_.expose()));
    HK_TRY(const auto document, json::parse(body));
    HK_TRY(const auto state, document.root().string("state"));
    first_problem = body;
    return std::string(state);
}

/// One word of a POSIX shell, whatever is in it: the printed lines are there to be pasted.
std::string shell_word(std::string_view text) {
    std::string out("'");
    for (const char c : text) out.append(c == '\'' ? std::string_view("'\\''") : std::string_view(&c, 1));
    return out + "'";
}

/// One word of credential_process, which the SDKs split as a shell would, without a shell's expansions.
std::string process_word(std::string_view text) {
    std::string out("\"");
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string masked(std::string_view text) { return std::string(text.substr(0, 4)) + "... (" + std::to_string(text.size()) + " characters)"; }

result<> guide::show_vend() {
    const std::string target = "/v1/credentials/" + std::string(demo_connection);
    HK_TRY(const auto body, call(http::method::get, target, "", vending_.expose()));
    HK_TRY(const auto document, json::parse(body));
    auto fields = document.root();
    say("\nOne vend, GET " + target + " as app '" + std::string(demo_app) + "' (secrets masked here):");
    for (const auto* name : {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId", "RoleArn"}) {
        HK_TRY(const auto value, fields.string(name));
        const bool hide = std::string_view(name) == "SecretAccessKey" || std::string_view(name) == "SessionToken";
        say("  " + std::string(name) + ": " + (hide ? masked(value) : std::string(value)));
    }

    const std::string url = "https://127.0.0.1:" + std::to_string(app_.port()) + target;
    HK_CHECK(write_private_file(folder_.authorization, "Authorization: Bearer " + std::string(vending_.expose()) + "\n", private_file_mode::replace));
    HK_CHECK(write_private_file(folder_.aws_config,
                                "[profile hourkey]\nregion = us-east-1\ncredential_process = curl -sS --fail-with-body --cacert " + process_word(folder_.ca) +
                                    " -H " + process_word("@" + folder_.authorization) + " " + url + "\n",
                                private_file_mode::replace));
    say("\nRepeat it:\n  curl --cacert " + shell_word(folder_.ca) + " -H " + shell_word("@" + folder_.authorization) + " " + url);
    return {};
}

std::string identity_line(const dev_folder& folder, const std::string& sts_url) {
    const std::string config = "AWS_CONFIG_FILE=" + shell_word(folder.aws_config) + " ";
    if (sts_url.empty()) return config + "aws --profile hourkey sts get-caller-identity";
    return config + "AWS_CA_BUNDLE=" + shell_word(folder.ca) + " aws --profile hourkey --endpoint-url " + sts_url + " sts get-caller-identity";
}

result<config> dev_config(const dev_options& options, const dev_folder& folder, const dev_emulator* emulator) {
    config c;
    // Against AWS itself HOURKEY_AWS__REGION and its like count, as they do for serve.
    if (emulator == nullptr) {
        HK_TRY(c, load_config({.file = {}, .env = process_environment(), .overrides = {}}));
    }
    c.listen.port = options.port;
    c.listen.cert_file = folder.certificate;
    c.listen.key_file = folder.key;
    c.admin.port = options.admin_port;
    c.store.path = folder.database;
    c.log.level = "warn";
    if (emulator != nullptr) {
        c.aws.region = "us-east-1";
        c.aws.principal_arn = emulator->principal_arn();
        c.aws.sts_endpoint = emulator->url();
        c.aws.ca_file = folder.ca;
    }
    return c;
}

result<std::string> demo_role(const dev_options& options, const application& app, const dev_emulator* emulator) {
    if (emulator != nullptr) return emulator->role_arn();
    if (!options.role_arn.empty()) return options.role_arn;
    const auto own = app.identify().principal_arn;
    const auto account = own.find("::");
    if (account == std::string::npos)
        return failure(errc::base_credentials_unavailable, "AWS did not say whose credentials these are.",
                       "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, or name the role: --role-arn arn:aws:iam::123456789012:role/name");
    return own.substr(0, account + 2) + own.substr(account + 2, 12) + ":role/hourkey-demo";
}

/// True when a signal to stop came within the pause.
bool paused_until_stop(std::chrono::seconds pause) {
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    const timespec time{.tv_sec = pause.count(), .tv_nsec = 0};
    return sigtimedwait(&stops, nullptr, &time) > 0;
}

/// Against real AWS someone has to give the role its trust policy first.
result<bool> verify_until_active(guide& g, const std::string& role_arn, bool keep_trying) {
    for (bool told = false;; told = true) {
        std::string report;
        HK_TRY(const auto state, g.verify(report));
        if (state == "active") return true;
        if (!keep_trying) return failure(errc::connection_not_ready, "The connection could not be verified: " + report);
        if (!told) {
            const auto name = role_arn.substr(role_arn.rfind('/') + 1);
            say("\nThe connection is '" + state + "': AWS does not yet let hourkey assume " + role_arn +
                ".\nIn that account, make the role with this trust policy:\n\n" + "  aws iam create-role --role-name " + name +
                " --assume-role-policy-document '" + g.trust_policy() + "'\n\n" + "(an existing role: aws iam update-assume-role-policy --role-name " + name +
                " --policy-document '...')\n" + "Trying again every 5 seconds; Ctrl-C ends.");
        }
        if (paused_until_stop(verify_pause)) return false;
    }
}

result<int> run(const dev_options& options) {
    HK_TRY(const auto folder, prepare_dev_folder(options.folder));
    std::unique_ptr<dev_emulator> emulator;
    if (!options.real_aws) {
        HK_TRY(emulator, dev_emulator::start(folder));
    }
    HK_TRY(auto c, dev_config(options, folder, emulator.get()));
    const obs::log_options logs{.lowest = obs::level::warn, .format = obs::log_format::automatic, .descriptor = 2};
    obs::configure(logs);
    HK_TRY(auto app, application::start(std::move(c), emulator ? emulator->base_environment() : sts::environment(sts::process_environment)));
    HK_TRY(const auto trusting, net::make_tls_client_context(folder.ca));
    guide g(*app, folder, trusting);

    say("hourkey is listening on https://127.0.0.1:" + std::to_string(app->port()) +
        " (health and metrics: http://127.0.0.1:" + std::to_string(app->admin_port()) + ")");
    say("Its CA, made for this folder: " + folder.ca);
    say(emulator ? "STS: hourkey's own emulator at " + emulator->url() : std::string("STS: AWS itself"));
    if (!emulator) app->wait_for_identity(deadline::after(identity_wait));
    HK_TRY(const auto role_arn, demo_role(options, *app, emulator.get()));
    HK_CHECK(g.prepare(role_arn));
    if (emulator) emulator->trust(g.external_id());
    say("Tenant '" + std::string(demo_tenant) + "', app '" + std::string(demo_app) + "', connection '" + std::string(demo_connection) + "' -> " + role_arn);
    HK_TRY(const bool active, verify_until_active(g, role_arn, options.real_aws));
    if (active) {
        say("Verified: the role opens with the connection's external id, and stays shut with a wrong one or none.");
        HK_CHECK(g.show_vend());
        say("\nUse it, as every AWS tool does (the profile fetches from hourkey through credential_process):\n  " +
            identity_line(folder, emulator ? emulator->url() : std::string()));
        say("\nCtrl-C ends it. Everything is in " + folder.root + "; delete that folder to start afresh.");
        if (!options.once)
            while (!paused_until_stop(std::chrono::hours{24})) {}
    }
    app->stop();
    return static_cast<int>(exit_ok);
}

}  // namespace

int run_dev_mode(const dev_options& options) {
    const auto done = run(options);
    if (done) return *done;
    const auto why = done.error();
    std::fputs(
        ("hourkeyd dev: " + std::string(why.text()) + (why.hint.empty() ? "" : "\n  " + why.hint) + (why.cause.empty() ? "" : "\n  cause: " + why.cause) + "\n")
            .c_str(),
        stderr);
    return exit_unavailable;
}

}  // namespace hourkey::server
