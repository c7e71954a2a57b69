#include "server/doors/hint.hpp"

namespace hourkey::server {
namespace {

/// The value of a path's {..}; empty when the path has none of that name.
std::string_view in_path(std::string_view name, const route* row, const call& what) {
    if (row == nullptr) return {};
    std::size_t at = 0;
    auto rest = row->path;
    for (auto open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
        rest.remove_prefix(open);
        const auto found = rest.substr(0, rest.find('}') + 1);
        rest.remove_prefix(found.size());
        if (found == "{tenant}") continue;
        if (found == name) return what.parameters[at];
        ++at;
    }
    return {};
}

std::string_view value_of(std::string_view name, const route* row, const call& what,
                          const std::optional<connection_name>& connection) {
    if (name == "{tenant}" && what.tenant) return what.tenant->str();
    if (name == "{tenant}" && what.caller.tenant) return what.caller.tenant->str();
    // Someone who errs may well put a secret where a name belongs: only what can be a name is said again.
    if (const auto given = in_path(name, row, what); is_name(given) || given == "*") return given;
    if (name == "{connection}" && connection) return connection->str();
    if (name == "{app}" && what.caller.app) return what.caller.app->str();
    return name;
}

}  // namespace

std::string fill_in(std::string_view hint, const route* row, const call& what,
                    const std::optional<connection_name>& connection) {
    std::string out;
    for (auto open = hint.find('{'); open != std::string_view::npos; open = hint.find('{')) {
        out.append(hint.substr(0, open));
        hint.remove_prefix(open);
        bool known = false;
        for (const std::string_view name : {"{tenant}", "{connection}", "{app}"}) {
            if (!hint.starts_with(name)) continue;
            out.append(value_of(name, row, what, connection ? connection : what.connection));
            hint.remove_prefix(name.size());
            known = true;
            break;
        }
        if (known) continue;
        out.push_back('{');
        hint.remove_prefix(1);
    }
    return out.append(hint);
}

std::string where_to_look(const route* row, const call& what) {
    if (row == nullptr) return {};
    const auto last = row->path.rfind("/{");
    if (last == std::string_view::npos || row->needs == policy::right::vend || row->path.starts_with("/control"))
        return {};
    return "List what exists: GET " + fill_in(row->path.substr(0, last), row, what) + ".";
}

}  // namespace hourkey::server
