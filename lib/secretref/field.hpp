#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace hourkey::secretref {

/// What of a connection's credentials a reference may name: `${secrets:NAME.accessKeyId}`. The spelling is the one that
/// `serverless print` has always shown.
enum class field { access_key_id, secret_access_key, session_token, expiration, region, account_id };

inline constexpr std::size_t field_count = 6;

/// What stands for a reference without a field: the keys that make a client sign, and nothing that it may refuse.
inline constexpr std::array object_fields{field::access_key_id, field::secret_access_key, field::session_token};

[[nodiscard]] std::string_view name_of(field f) noexcept;
[[nodiscard]] std::optional<field> find_field(std::string_view name) noexcept;

}  // namespace hourkey::secretref
