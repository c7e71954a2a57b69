#include "clients/cli/commands/commands.hpp"

#include "clients/cli/contexts.hpp"
#include "clients/cli/output/report.hpp"

#include <memory>

namespace hourkey::cli {
namespace {

result<> log_out(std::string name) {
    HK_TRY(const auto path, contexts_path(process_environment));
    HK_TRY(auto list, load_contexts(path));
    if (name.empty()) name = list.current;
    if (name.empty())
        return failure(errc::not_found, "No context is current.", "Name one: `hourkey context list` shows them.");
    if (list.contexts.erase(name) == 0)
        return failure(errc::not_found, "There is no such context.", "`hourkey context list` shows them.");
    if (list.current == name) list.current.clear();
    HK_CHECK(save_contexts(path, list));
    return print_line("Forgot the context " + name +
                      " and its token. The token itself is still good: an admin revokes it.");
}

}  // namespace

command::spec logout_command() {
    auto name = std::make_shared<std::string>();
    return {
        .path = "logout",
        .summary = "Forget a context and its token",
        .text = "What it had fetched is not given out any more, having belonged to its token.",
        .options =
            {{.name = "--context", .value = "NAME", .text = "which; else the current one", .target = name.get()}},
        .examples = {{"hourkey logout --context acme", "Forgets that one"}},
        .run = ordinary_command([name] { return log_out(*name); }),
    };
}

}  // namespace hourkey::cli
