#pragma once

#include <optional>
#include <string_view>

namespace hourkey::secretref {

/// How a document is written, which decides where a reference may stand and how its value is written there.
enum class format {
    yaml,    ///< YAML 1.2, as libyaml and PyYAML read it
    json,    ///< RFC 8259; comments of JSONC are passed over
    toml,    ///< TOML 1.0
    dotenv,  ///< NAME=value lines as dotenv of Node, python-dotenv and a shell agree on them
    text     ///< anything else: values are put in as they are, and no place is a comment
};

/// `yaml`, `json`, `toml`, `dotenv` (also `env`), `text`.
[[nodiscard]] std::optional<format> find_format(std::string_view name) noexcept;
/// By the file's name: .yml, .yaml, .json, .jsonc, .toml, .env, .env.*; anything else is text.
[[nodiscard]] format format_of_path(std::string_view path) noexcept;

/// Which of the two spellings is looked for. `$<...>` is for files in which `${...}` already means something else:
/// CloudFormation's Fn::Sub, shells, Terraform.
enum class delimiters { braces, angles, both };

}  // namespace hourkey::secretref
