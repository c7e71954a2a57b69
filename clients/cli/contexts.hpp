#pragma once

#include "clients/cli/environment.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::cli {

/// One server and one token of it, as `hourkey login` keeps them under a name.
struct context {
    std::string url;
    std::optional<std::string> tenant{};
    secret token;
    std::optional<std::string> ca_file{};  ///< an absolute path
};

/// The contexts file:
/// `{"version":1,"current":"NAME","contexts":{"NAME":{"url","token","tenant"?,"cacert"?}}}`.
struct context_list {
    std::string current;  ///< empty: none
    std::map<std::string, context, std::less<>> contexts{};
};

/// Letters, digits, '-', '_' and '.', at most 127: what needs no quotes in a shell or a profile.
[[nodiscard]] bool is_context_name(std::string_view text) noexcept;

/// Fails with invalid_configuration, which repeats nothing of the text.
[[nodiscard]] result<context_list> parse_contexts(std::string_view text);
[[nodiscard]] secret to_json(const context_list& list);

/// $XDG_CONFIG_HOME/hourkey/contexts.json, else under ~/.config.
[[nodiscard]] result<std::string> contexts_path(const environment& variables);
/// No file there: an empty list. Refuses one that others may read.
[[nodiscard]] result<context_list> load_contexts(const std::string& path);
/// Mode 0600, whole or not at all, in a folder of mode 0700 that is made when it is not there.
[[nodiscard]] result<> save_contexts(const std::string& path, const context_list& list);

}  // namespace hourkey::cli
