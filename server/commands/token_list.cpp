#include "server/commands/commands.hpp"

#include "core/time_text.hpp"
#include "server/commands/configuration_flags.hpp"
#include "server/commands/name_option.hpp"
#include "server/commands/ordinary_command.hpp"
#include "server/store_files/remembered_store.hpp"
#include "store/reader.hpp"
#include "store_sqlite/open_read_only.hpp"

#include <memory>

namespace hourkey::server {
namespace {

struct token_list_options {
    configuration_flags flags;
    std::string tenant;  ///< empty: the server's own
};

std::string_view state_of(const model::token& t) {
    if (t.revoked_at) return "revoked";
    return system_clock().now() < t.expires_at ? "valid" : "expired";
}

std::string row_of(const model::token& t) {
    return t.id.str() + "\t" + std::string(to_text(t.role)) + "\t" + (t.app ? t.app->str() : "-") + "\t" +
           to_rfc3339(t.created_at) + "\t" + to_rfc3339(t.expires_at) + "\t" +
           (t.last_used_at ? to_rfc3339(*t.last_used_at) : "-") + "\t" + std::string(state_of(t));
}

result<> list_tokens(const token_list_options& options) {
    HK_TRY(const auto c, options.flags.load());
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_CHECK(check_is_newest(c, keys));
    HK_TRY(const auto reader, store::open_read_only(c.store.path));
    ulid owner;  // nil: the server
    if (!options.tenant.empty()) {
        HK_TRY(const auto name, read_name<tenant_name>("--tenant", options.tenant));
        HK_TRY(const auto found, reader->find_tenant(name));
        if (!found) return failure(errc::not_found, "There is no tenant '" + options.tenant + "'.", "Check its name.");
        owner = found->id;
    }
    std::string table("ID\tROLE\tAPP\tCREATED\tEXPIRES\tLAST USED\tSTATE");
    store::page_request wanted;
    do {
        HK_TRY(auto page, reader->list_tokens(owner, wanted));
        for (const auto& t : page.items) table += '\n' + row_of(t);
        wanted.cursor = std::move(page.next);
    } while (!wanted.cursor.empty());
    return print_line(table);
}

}  // namespace

command::spec token_list_command() {
    auto o = std::make_shared<token_list_options>();
    return {
        .path = "token list",
        .summary = "List operator tokens, or a tenant's; never the tokens themselves",
        .text = "A line a token, its columns parted by tabs. Reads the database itself, beside a running server too.",
        .options = configuration_options(
            o->flags, {{.name = "--tenant", .value = "NAME", .text = "this tenant's instead", .target = &o->tenant}}),
        .examples = {{"hourkeyd token list --config /etc/hourkey/hourkey.toml --tenant acme", "A tenant's tokens"}},
        .run = ordinary_command([o] { return list_tokens(*o); }),
    };
}

}  // namespace hourkey::server
