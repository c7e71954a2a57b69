#include "clients/cli/commands/commands.hpp"

#include "clients/cli/contexts.hpp"
#include "clients/cli/output/report.hpp"

#include <memory>

namespace hourkey::cli {
namespace {

result<> use_context(const std::string& name) {
    HK_TRY(const auto path, contexts_path(process_environment));
    HK_TRY(auto list, load_contexts(path));
    if (!list.contexts.contains(name))
        return failure(errc::not_found, "There is no such context.", "`hourkey context list` shows them.");
    list.current = name;
    return save_contexts(path, list);
}

}  // namespace

command::spec context_use_command() {
    auto name = std::make_shared<std::string>();
    return {
        .path = "context use",
        .summary = "Make a context the current one",
        .options = {{.name = "NAME", .text = "which", .target = name.get(), .is_required = true}},
        .examples = {{"hourkey context use acme", "From now on"}},
        .run = ordinary_command([name] { return use_context(*name); }),
    };
}

}  // namespace hourkey::cli
