#include "model/server_key.hpp"

#include <array>

namespace hourkey::model {
namespace {

constexpr std::array<std::string_view, 3> names{"active", "old", "retired"};

}  // namespace

std::string_view to_text(server_key_state s) noexcept { return names[static_cast<std::size_t>(s)]; }

std::optional<server_key_state> parse_server_key_state(std::string_view text) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == text) return static_cast<server_key_state>(i);
    return std::nullopt;
}

}  // namespace hourkey::model
