#pragma once

#include "core/failure.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::cli {

/// What `hourkey configure` writes into a profile of ~/.aws/config.
struct profile_settings {
    std::string profile;             ///< "default", or a name that needs no quotes
    std::string credential_process;  ///< the whole value
    std::optional<std::string> region{};
};

/// Letters, digits and `-_.@/+`, at most 127: every SDK reads it without quotes.
[[nodiscard]] bool is_profile_name(std::string_view text) noexcept;

/// The file's text with the profile in it; every byte of all else stays. A profile that is there keeps its other lines.
/// Fails with invalid_configuration when that has something which tools would take instead, or is there twice.
[[nodiscard]] result<std::string> with_profile(std::string_view text, const profile_settings& wanted);

/// The text without what with_profile() wrote: the whole profile if it was made there and nothing was added, else that
/// line alone. Fails with not_found when there is none of ours.
[[nodiscard]] result<std::string> without_profile(std::string_view text, std::string_view profile);

/// Whether that section has the key; `section` as it stands between the brackets.
[[nodiscard]] bool has_key(std::string_view text, std::string_view section, std::string_view key);
/// Whether a credentials file has keys under that name, which every tool but Java's and Rust's prefers.
[[nodiscard]] bool has_static_keys(std::string_view credentials_text, std::string_view profile);

}  // namespace hourkey::cli
