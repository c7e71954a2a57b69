#pragma once

#include <cstddef>
#include <string_view>

namespace hourkey::emulator {

[[nodiscard]] bool is_name_character(char32_t c) noexcept;  ///< `[\w+=,.@-]`

/// The longest that the APIs of IAM and STS take.
inline constexpr std::size_t longest_policy_name = 128;
inline constexpr std::size_t longest_role_or_user_name = 64;
inline constexpr std::size_t longest_session_name = 64;

[[nodiscard]] bool is_name(std::string_view text, std::size_t longest) noexcept;
/// `[PATH/]NAME`, what follows the type in the ARN of what IAM names: a path that is at most 512 characters of
/// `/[\x21-\x7E]+/`, or `/` alone.
[[nodiscard]] bool is_path_and_name(std::string_view text, std::size_t longest_name) noexcept;

}  // namespace hourkey::emulator
