#pragma once

#include "clients/cli/child_environment.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::cli {

/// What reads the variables.
enum class environment_format { export_, dotenv, fish, powershell, cmd, json, ini, github, gitlab };

/// "export", "dotenv", ...; in the order in which people are told of them.
[[nodiscard]] std::vector<std::string> environment_formats();
[[nodiscard]] std::optional<environment_format> parse_environment_format(std::string_view text);

/// The changes as that reader takes them: shells also lose what must not be there. `profile` is the section of an ini
/// file, which is the SDKs' credentials file and has the keys alone. Of `github` it is what goes into the file of
/// $GITHUB_ENV. Fails with protocol_violation for a value that is not printable ASCII without quotes, `%` and `$`: no
/// credential is, and in some shell each would mean something.
[[nodiscard]] result<secret> environment_text(environment_format format, const environment_changes& changes,
                                              std::string_view profile);

/// For standard output of a GitHub Actions step: from then on its log shows none of the secret values.
[[nodiscard]] secret github_masks(const environment_changes& changes);

}  // namespace hourkey::cli
