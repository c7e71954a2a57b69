#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace hourkey::server::vault {

/// A duration as Vault's clients write it: `3600`, `3600s`, `15m`, `1h30m`, `1d`. None for anything else, a part of a
/// second included. At most some years, whatever is written.
[[nodiscard]] std::optional<std::chrono::seconds> parse_ttl(std::string_view text);

}  // namespace hourkey::server::vault
