#include "clients/cli/commands/commands.hpp"

#include "clients/cli/contexts.hpp"
#include "clients/cli/output/report.hpp"
#include "clients/cli/output/table.hpp"
#include "json/writer.hpp"

#include <memory>

namespace hourkey::cli {
namespace {

std::string as_json(const context_list& list) {
    json::writer w;
    w.begin_object().key("items").begin_array();
    for (const auto& [name, one] : list.contexts) {
        w.begin_object().string("name", name).string("url", one.url);
        if (one.tenant) w.string("tenant", *one.tenant);
        if (one.ca_file) w.string("cacert", *one.ca_file);
        w.boolean("current", name == list.current).end_object();
    }
    w.end_array().end_object();
    return w.take();
}

result<> list_contexts(bool json) {
    HK_TRY(const auto path, contexts_path(process_environment));
    HK_TRY(const auto list, load_contexts(path));
    if (json) return print_line(as_json(list));
    table out({"", "NAME", "SERVER", "TENANT", "CACERT"});
    for (const auto& [name, one] : list.contexts)
        out.add({name == list.current ? "*" : "", name, one.url, one.tenant.value_or("-"), one.ca_file.value_or("-")});
    return print_line(out.text());
}

}  // namespace

command::spec context_list_command() {
    auto json = std::make_shared<bool>(false);
    return {
        .path = "context list",
        .summary = "List the contexts; never their tokens",
        .text = "A star marks the current one.",
        .options = {{.name = "--json", .text = "for programs", .target = json.get()}},
        .examples = {{"hourkey context list", "Which servers and tenants are there"}},
        .run = ordinary_command([json] { return list_contexts(*json); }),
    };
}

}  // namespace hourkey::cli
