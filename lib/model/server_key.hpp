#pragma once

#include "core/clock.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace hourkey::model {

/// active: it makes what is new. old: what it has made is still good. retired: only records of it are left.
enum class server_key_state : std::uint8_t { active, old, retired };
[[nodiscard]] std::string_view to_text(server_key_state s) noexcept;
[[nodiscard]] std::optional<server_key_state> parse_server_key_state(std::string_view text) noexcept;

/// A key of the ring as the store knows it, which never has the key itself.
struct server_key {
    std::uint8_t id = 1;
    server_key_state state = server_key_state::active;
    wall_time created_at;
    std::uint64_t living_tokens = 0;  ///< made under it, neither expired nor revoked, their rows good
    std::uint64_t sealed_rows = 0;    ///< whose seal is good under it
};

}  // namespace hourkey::model
