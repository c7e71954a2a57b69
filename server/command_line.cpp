#include "server/command_line.hpp"

#include "audit/verification.hpp"
#include "core/time_text.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "obs/log.hpp"
#include "server/application.hpp"
#include "server/blocking_client.hpp"
#include "server/config.hpp"
#include "server/dev_mode.hpp"
#include "server/process_hardening.hpp"
#include "server/version.hpp"
#include "store/backup.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <filesystem>

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

int report(const failure& why) {
    std::string text = "hourkeyd: " + std::string(why.text());
    if (!why.hint.empty()) text += "\n  " + why.hint;
    if (!why.cause.empty()) text += "\n  cause: " + why.cause;
    std::fputs((text + "\n").c_str(), stderr);
    return exit_code_of(why.code);
}

void say(const std::string& line) { std::fputs((line + "\n").c_str(), stdout); }

struct configuration_flags {
    std::string file;
    std::vector<std::string> overrides;
    [[nodiscard]] result<config> load() const { return load_config({.file = file, .env = process_environment(), .overrides = overrides}); }
};

void add_configuration_flags(CLI::App& to, configuration_flags& flags) {
    to.add_option("--config", flags.file, "TOML file; see config/hourkey.toml")->check(CLI::ExistingFile);
    to.add_option("--set", flags.overrides, "section.key=value, over file and environment; may be repeated")->allow_extra_args(false);
}

obs::level level_of(const std::string& text) {
    if (text == "debug") return obs::level::debug;
    if (text == "warn") return obs::level::warn;
    return text == "error" ? obs::level::error : obs::level::info;
}

void configure_log(const config& c) {
    obs::log_options options;
    options.lowest = level_of(c.log.level);
    options.format = c.log.format == "json" ? obs::log_format::json : c.log.format == "human" ? obs::log_format::human : obs::log_format::automatic;
    obs::configure(options);
}

result<> serve(const configuration_flags& flags) {
    HK_TRY(auto c, flags.load());
    configure_log(c);
    HK_TRY(const auto app, application::start(std::move(c)));
    for (;;) {
        if (wait_for_signal() != SIGHUP) break;
        app->reload();
    }
    app->stop();
    return {};
}

struct token_flags {
    std::string role, tenant, app;
    std::int64_t expires_in_seconds = default_token_life.count();
};

result<token_wish> wish_of(const token_flags& flags) {
    token_wish wish;
    const auto role = model::parse_role(flags.role);
    if (!role) return invalid_field("--role", "is not a role", "Use operator, admin, app or auditor.");
    wish.role = *role;
    if (!flags.tenant.empty()) {
        HK_TRY(wish.tenant, tenant_name::parse(flags.tenant));
    }
    if (!flags.app.empty()) {
        HK_TRY(wish.app, app_name::parse(flags.app));
    }
    wish.life = std::chrono::seconds(flags.expires_in_seconds);
    HK_CHECK(check_wish(wish));
    return wish;
}

/// The error answer of a server as the failure it stands for.
failure failure_of(const blocking_client::answer& answer) {
    failure why(errc::internal, "The server answered " + std::to_string(answer.status) + ".");
    const auto document = json::parse(answer.body);
    if (!document) return why;
    auto fields = document->root();
    const auto code = fields.string("code"), message = fields.string("message"), hint = fields.string("hint");
    for (const auto& row : all_errc_rows())
        if (code && row.api == *code) why.code = row.code;
    if (message) why.message = *message;
    if (hint) why.hint = *hint;
    return why;
}

/// One writer: a running server makes the change itself. A socket that nobody answers is a leftover: connection_failed.
result<blocking_client::answer> ask_server(const config& c, http::method verb, std::string target, std::string body, int expected) {
    net::endpoint to;
    to.host = "localhost";
    to.unix_path = control_socket_path(c);
    std::error_code unseen;
    if (!std::filesystem::exists(to.unix_path, unseen)) return failure(errc::connection_failed);
    blocking_client client(std::move(to));
    HK_TRY(auto answer, client.send(verb, std::move(target), std::move(body), {}));
    if (answer.status != expected) return failure_of(answer);
    return answer;
}

result<std::string> create_token_through_server(const config& c, const token_wish& wish) {
    json::writer w;
    w.begin_object().string("role", to_text(wish.role)).integer("expires_in_seconds", wish.life.count());
    if (wish.tenant) w.string("tenant", wish.tenant->str());
    if (wish.app) w.string("app", wish.app->str());
    w.end_object();
    HK_TRY(auto answer, ask_server(c, http::method::post, "/control/tokens", w.take(), 201));
    HK_TRY(const auto document, json::parse(answer.body));
    HK_TRY(const auto token, document.root().string("token"));
    std::string out(token);
    wipe_container(answer.body);
    return out;
}

template <class T>
bool is_without_server(const result<T>& asked) {
    return !asked && asked.error().code == errc::connection_failed;
}

result<std::string> create_token_directly(const config& c, const token_wish& wish) {
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path));
    HK_TRY(const auto database, open_database(c, keys));
    HK_TRY(const auto issued, issue_token_directly(*database, keys.token_key, wish));
    return std::string(issued.text.expose());
}

result<> create_token(const configuration_flags& flags, const token_flags& wanted) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto wish, wish_of(wanted));
    auto token = create_token_through_server(c, wish);
    if (is_without_server(token)) token = create_token_directly(c, wish);
    if (!token) return std::move(token).error();
    say(*token);
    wipe_container(*token);
    return {};
}

std::string_view state_of(const model::token& t) {
    if (t.revoked_at) return "revoked";
    return system_clock().now() < t.expires_at ? "valid" : "expired";
}

/// Reads the file itself, beside a running server too.
result<> list_tokens(const configuration_flags& flags, const std::string& tenant) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto reader, store::open_read_only(c.store.path));
    ulid owner;  // nil: the server
    if (!tenant.empty()) {
        HK_TRY(const auto name, tenant_name::parse(tenant));
        HK_TRY(const auto found, reader->find_tenant(name));
        if (!found) return failure(errc::not_found, "There is no tenant '" + tenant + "'.", "Check its name.");
        owner = found->id;
    }
    say("ID\tROLE\tAPP\tCREATED\tEXPIRES\tLAST USED\tSTATE");
    store::page_request wanted;
    do {
        HK_TRY(auto page, reader->list_tokens(owner, wanted));
        for (const auto& t : page.items) {
            say(t.id.str() + "\t" + std::string(to_text(t.role)) + "\t" + (t.app ? t.app->str() : "-") + "\t" + to_rfc3339(t.created_at) + "\t" +
                to_rfc3339(t.expires_at) + "\t" + (t.last_used_at ? to_rfc3339(*t.last_used_at) : "-") + "\t" + std::string(state_of(t)));
        }
        wanted.cursor = std::move(page.next);
    } while (!wanted.cursor.empty());
    return {};
}

result<> revoke_token_directly(const config& c, const ulid& id) {
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_TRY(const auto database, open_database(c, keys));
    return server::revoke_token_directly(*database, id);
}

result<> revoke_token(const configuration_flags& flags, const std::string& id_text) {
    HK_TRY(const auto c, flags.load());
    const auto id = ulid::parse(id_text);
    if (!id) return invalid_field("--id", "is not a token's id", "Copy it from `hourkeyd token list`; it is also the middle part of the token.");
    const auto done = ask_server(c, http::method::delete_, "/control/tokens/" + id->str(), {}, 204);
    if (is_without_server(done)) {
        HK_CHECK(revoke_token_directly(c, *id));
    } else if (!done) {
        return done.error();
    }
    say("Token " + id->str() + " is revoked.");
    return {};
}

result<> check_config(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_CHECK(net::tls_server_context::load(c.listen.cert_file, c.listen.key_file));
    say("The configuration is valid.");
    return {};
}

result<> migrate(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_CHECK(open_database(c, keys));
    say("The database " + c.store.path + " has this hourkey's schema.");
    return {};
}

result<> back_up(const configuration_flags& flags, const std::string& file) {
    HK_TRY(const auto c, flags.load());
    HK_CHECK(store::backup(c.store.path, file));
    say("Wrote " + file + ". Keep " + c.server_key_file() + " too, apart from it: without that key the backup is of no use.");
    return {};
}

result<> check_restore(const configuration_flags& flags, const std::string& file) {
    HK_TRY(const auto c, flags.load());
    std::optional<model::audit_hash> key_check;
    std::error_code unseen;
    if (std::filesystem::exists(c.server_key_file(), unseen)) {
        HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
        key_check = keys.key_check;
    }
    HK_TRY(const auto facts, store::check_backup(file, key_check));
    say(file + " is sound: schema " + std::to_string(facts.schema_version) + ", " + std::to_string(facts.tenants) + " tenants, " +
        std::to_string(facts.connections) + " connections, audit records to seq " + std::to_string(facts.last_audit_seq) + ". " +
        (key_check ? "It belongs to this server's key." : "Whether it belongs to your server key was not checked: name the configuration with --config."));
    return {};
}

result<int> verify_audit(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_TRY(const auto reader, store::open_read_only(c.store.path));
    const audit::chain chain(keys.audit_key);
    audit::record_source source;
    source.records = [&](std::uint64_t after, std::size_t limit) { return reader->read_chain(after, limit); };
    source.head = [&]() -> result<audit::sealed_head> {
        HK_TRY(const auto head, reader->read_head());
        return audit::sealed_head{.seq = head.seq, .hash = head.hash, .seal = head.seal};
    };
    HK_TRY(const auto found, audit::verify(source, chain));
    if (!found.first) {
        say("The audit chain is whole: " + std::to_string(found.records) + " records.");
        return static_cast<int>(exit_ok);
    }
    say("The audit chain is broken at seq " + std::to_string(found.first->seq) + ": " + std::string(audit::to_text(found.first->kind)) + " (" +
        std::to_string(found.records) + " records before it are whole).");
    return static_cast<int>(exit_found_wrong);
}

int finish(const result<>& done) { return done ? static_cast<int>(exit_ok) : report(done.error()); }

}  // namespace

int run_command_line(int argc, const char* const* argv) {
    CLI::App cli("hourkeyd " + std::string(version) + ": vends one-hour AWS credentials. New here? Run: hourkeyd dev");
    cli.set_version_flag("--version", std::string(version));
    cli.require_subcommand(1);
    configuration_flags flags;
    int code = exit_ok;

    auto& serve_command = *cli.add_subcommand("serve", "Run the server until SIGTERM; SIGHUP reads the certificate again");
    add_configuration_flags(serve_command, flags);
    serve_command.callback([&] { code = finish(serve(flags)); });

    dev_options dev;
    auto& dev_command = *cli.add_subcommand("dev", "Try hourkey: own CA, STS emulator, a demo tenant and one vend, all on loopback");
    dev_command.add_option("--dir", dev.folder, "Folder for database, keys and CA")->capture_default_str();
    dev_command.add_option("--port", dev.port, "0: a free one")->capture_default_str();
    dev_command.add_option("--admin-port", dev.admin_port, "0: a free one")->capture_default_str();
    dev_command.add_flag("--aws", dev.real_aws, "Real STS with the AWS credentials of your environment");
    dev_command.add_option("--role-arn", dev.role_arn, "With --aws: the role to link");
    dev_command.add_flag("--once", dev.once, "Stop after the first vend");
    dev_command.callback([&] { code = run_dev_mode(dev); });

    token_flags token;
    auto& token_command = *cli.add_subcommand("token", "Tokens of the API");
    token_command.require_subcommand(1);
    auto& create = *token_command.add_subcommand("create", "Print a new token, once, alone on stdout");
    add_configuration_flags(create, flags);
    create.add_option("--role", token.role, "operator, admin, app or auditor")->required();
    create.add_option("--tenant", token.tenant, "For all roles but operator");
    create.add_option("--app", token.app, "For role app");
    create.add_option("--expires-in-seconds", token.expires_in_seconds, "60 to 31622400")->capture_default_str();
    create.callback([&] { code = finish(create_token(flags, token)); });
    auto& list = *token_command.add_subcommand("list", "List operator tokens, or a tenant's; never the tokens themselves");
    add_configuration_flags(list, flags);
    list.add_option("--tenant", token.tenant, "This tenant's instead");
    list.callback([&] { code = finish(list_tokens(flags, token.tenant)); });
    std::string token_id;
    auto& revoke = *token_command.add_subcommand("revoke", "Revoke a token of whatever role, at once");
    add_configuration_flags(revoke, flags);
    revoke.add_option("--id", token_id, "As `token list` shows it")->required();
    revoke.callback([&] { code = finish(revoke_token(flags, token_id)); });

    auto& config_command = *cli.add_subcommand("config", "The configuration");
    config_command.require_subcommand(1);
    auto& check = *config_command.add_subcommand("check", "Read it and the certificate, and say what is wrong");
    add_configuration_flags(check, flags);
    check.callback([&] { code = finish(check_config(flags)); });

    auto& migrate_command = *cli.add_subcommand("migrate", "Bring the database to this version's schema (a copy is made first); serve does it too");
    add_configuration_flags(migrate_command, flags);
    migrate_command.callback([&] { code = finish(migrate(flags)); });

    std::string backup_file;
    auto& backup_command = *cli.add_subcommand("backup", "Write a consistent copy of the database, also while the server runs");
    add_configuration_flags(backup_command, flags);
    backup_command.add_option("file", backup_file, "The copy; one of that name is replaced by a whole new one")->required();
    backup_command.callback([&] { code = finish(back_up(flags, backup_file)); });

    std::string restore_file;
    bool only_check = false;
    auto& restore_command = *cli.add_subcommand("restore", "Check a backup; to restore it, stop the server and copy it to store.path");
    add_configuration_flags(restore_command, flags);
    restore_command.add_flag("--check", only_check, "Read the whole file and say whether it is sound")->required();
    restore_command.add_option("file", restore_file)->required()->check(CLI::ExistingFile);
    restore_command.callback([&] { code = finish(check_restore(flags, restore_file)); });

    auto& audit_command = *cli.add_subcommand("audit", "The audit log");
    audit_command.require_subcommand(1);
    auto& verify = *audit_command.add_subcommand("verify", "Prove that no record was changed, removed, inserted or reordered");
    add_configuration_flags(verify, flags);
    verify.callback([&] {
        const auto done = verify_audit(flags);
        code = done ? *done : report(done.error());
    });

    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return cli.exit(e) == 0 ? exit_ok : exit_usage;
    } catch (const std::exception& e) {
        return report(failure(errc::internal, {}, {}, e.what()));
    }
    obs::flush();
    return code;
}

}  // namespace hourkey::server
