#include "server/main/command_line.hpp"

#include "obs/log.hpp"
#include "server/commands/audit_export.hpp"
#include "server/commands/audit_verify.hpp"
#include "server/commands/backup.hpp"
#include "server/commands/config_check.hpp"
#include "server/commands/interruption.hpp"
#include "server/commands/key_change.hpp"
#include "server/commands/migrate.hpp"
#include "server/commands/report.hpp"
#include "server/commands/restore.hpp"
#include "server/commands/serve.hpp"
#include "server/commands/token_create.hpp"
#include "server/commands/token_list.hpp"
#include "server/commands/token_revoke.hpp"
#include "server/dev/dev_mode.hpp"
#include "server/version.hpp"

#include <CLI/CLI.hpp>

namespace hourkey::server {
namespace {

void add_configuration_flags(CLI::App& to, configuration_flags& flags) {
    to.add_option("--config", flags.file, "TOML file; see config/hourkey.toml")->check(CLI::ExistingFile);
    to.add_option("--set", flags.overrides, "section.key=value, over file and environment; may be repeated")
        ->allow_extra_args(false);
}

}  // namespace

int run_command_line(int argc, const char* const* argv) {
    CLI::App cli("hourkeyd " + std::string(version) + ": vends one-hour AWS credentials. New here? Run: hourkeyd dev");
    cli.set_version_flag("--version", std::string(version));
    cli.require_subcommand(1);
    configuration_flags flags;
    int code = exit_ok;
    const auto run_command = [&code](auto command) {
        end_at_signals();
        code = finish(command());
    };

    auto& serve_command =
        *cli.add_subcommand("serve", "Run the server until SIGTERM; SIGHUP reads the certificate again");
    add_configuration_flags(serve_command, flags);
    serve_options serving;
    serve_command.add_flag("--new-store", serving.new_store,
                           "Begin with what is there, though a database was lost or an older one put back");
    serve_command.callback([&] {
        const auto served = serve(flags, serving);
        code = served ? static_cast<int>(exit_ok) : report_start(served.error());
    });

    dev_options dev;
    auto& dev_command =
        *cli.add_subcommand("dev", "Try hourkey: own CA, STS emulator, a demo tenant and one vend, all on loopback");
    dev_command.add_option("--dir", dev.folder, "Folder for database, keys and CA")->capture_default_str();
    dev_command.add_option("--port", dev.port, "0: a free one")->capture_default_str();
    dev_command.add_option("--admin-port", dev.admin_port, "0: a free one")->capture_default_str();
    dev_command.add_flag("--aws", dev.real_aws, "Real STS with the AWS credentials of your environment");
    dev_command.add_option("--role-arn", dev.role_arn, "With --aws: the role to link")->needs("--aws");
    dev_command.add_flag("--once", dev.once, "Stop after the first vend");
    dev_command.callback([&] { code = run_dev_mode(dev); });

    token_create_options token;
    auto& token_command = *cli.add_subcommand("token", "Tokens of the API");
    token_command.require_subcommand(1);
    auto& create = *token_command.add_subcommand("create", "Print a new token, once, alone on stdout");
    add_configuration_flags(create, flags);
    create.add_option("--role", token.role, "operator, admin, app or auditor")->required();
    create.add_option("--tenant", token.tenant, "For all roles but operator");
    create.add_option("--app", token.app, "For role app");
    create.add_option("--expires-in-seconds", token.expires_in_seconds, "60 to 31622400")->capture_default_str();
    create.callback([&] { run_command([&] { return create_token(flags, token); }); });
    auto& list =
        *token_command.add_subcommand("list", "List operator tokens, or a tenant's; never the tokens themselves");
    add_configuration_flags(list, flags);
    std::string tenant_listed;
    list.add_option("--tenant", tenant_listed, "This tenant's instead");
    list.callback([&] { run_command([&] { return list_tokens(flags, tenant_listed); }); });
    std::string token_id;
    auto& revoke = *token_command.add_subcommand("revoke", "Revoke a token of whatever role, at once");
    add_configuration_flags(revoke, flags);
    revoke.add_option("--id", token_id, "As `token list` shows it")->required();
    revoke.callback([&] { run_command([&] { return revoke_token(flags, token_id); }); });

    auto& key_command = *cli.add_subcommand("key", "Server keys");
    key_command.require_subcommand(1);
    auto& rotate = *key_command.add_subcommand("rotate", "Make a new server key, for what is new from now on");
    add_configuration_flags(rotate, flags);
    rotate.callback([&] { run_command([&] { return rotate_key(flags); }); });
    std::string key_id;
    auto& retire = *key_command.add_subcommand("retire", "End an old server key, once nothing needs it any more");
    add_configuration_flags(retire, flags);
    retire.add_option("--id", key_id, "As `key list` shows it")->required();
    retire.callback([&] { run_command([&] { return retire_key(flags, key_id); }); });
    auto& listing =
        *key_command.add_subcommand("list", "List the server keys and what still needs each; never the keys");
    add_configuration_flags(listing, flags);
    listing.callback([&] { run_command([&] { return list_keys(flags); }); });

    auto& config_command = *cli.add_subcommand("config", "The configuration");
    config_command.require_subcommand(1);
    auto& check = *config_command.add_subcommand("check", "Read it and the certificate, and say what is wrong");
    add_configuration_flags(check, flags);
    check.callback([&] { run_command([&] { return check_config(flags); }); });

    auto& migrate_command = *cli.add_subcommand(
        "migrate", "Bring the database to this version's schema (a copy is made first); serve does it too");
    add_configuration_flags(migrate_command, flags);
    migrate_command.callback([&] { run_command([&] { return migrate(flags); }); });

    std::string backup_file;
    auto& backup_command =
        *cli.add_subcommand("backup", "Write a consistent copy of the database, also while the server runs");
    add_configuration_flags(backup_command, flags);
    backup_command
        .add_option("file", backup_file, "The copy: a new file, an earlier backup, a pipe, or - for standard output")
        ->required();
    backup_command.callback([&] { run_command([&] { return back_up(flags, backup_file); }); });

    restore_options restoring;
    auto& restore_command = *cli.add_subcommand(
        "restore", "Put a backup in the database's place, which is kept beside; stop the server first");
    add_configuration_flags(restore_command, flags);
    restore_command.add_flag("--check", restoring.only_check, "Only read the whole file and say whether it is sound");
    restore_command.add_option("file", restoring.file)->required()->check(CLI::ExistingFile);
    restore_command.callback([&] { run_command([&] { return restore(flags, restoring); }); });

    auto& audit_command = *cli.add_subcommand("audit", "The audit log");
    audit_command.require_subcommand(1);
    auto& verify = *audit_command.add_subcommand(
        "verify",
        "Prove that no record was changed, removed, inserted or reordered, and that the state is what they tell");
    add_configuration_flags(verify, flags);
    std::string known_head;
    verify.add_option("--since", known_head, "SEQ:HASH of a head from the log: the trail must still go through it");
    verify.callback([&] { run_command([&] { return verify_audit(flags, known_head); }); });
    audit_export_options exported;
    auto& exporting = *audit_command.add_subcommand(
        "export", "Write records as JSON, one a line, also while the server runs; all, unless you say whose");
    add_configuration_flags(exporting, flags);
    exporting.add_option("--tenant", exported.tenant, "A tenant's, by its name or id, also of one that was deleted");
    exporting.add_flag("--server", exported.of_server, "The server's own: operators and their tokens");
    exporting.add_flag("--all", exported.of_all, "Everybody's");
    exporting.add_option("--since", exported.since, "Records after this seq");
    exporting.add_flag("--follow", exported.follow, "Go on with what arrives, until Ctrl-C");
    exporting.callback([&] { run_command([&] { return export_audit(flags, exported); }); });

    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() != 0 && serve_command.parsed())
            return report_start(failure(errc::invalid_configuration, e.what(), "Run: hourkeyd serve --help"));
        return cli.exit(e) == 0 ? exit_ok : exit_usage;
    } catch (const std::exception& e) {
        return report(failure(errc::internal, {}, {}, e.what()));
    }
    obs::flush();
    return code;
}

}  // namespace hourkey::server
