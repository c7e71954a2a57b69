#include "model/connection.hpp"

#include <array>

namespace hourkey::model {
namespace {

constexpr std::array<std::string_view, 4> names{"pending", "active", "broken", "insecure_trust"};

}  // namespace

std::string_view to_text(connection_state s) noexcept { return names[static_cast<std::size_t>(s)]; }

std::optional<connection_state> parse_connection_state(std::string_view text) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == text) return static_cast<connection_state>(i);
    return std::nullopt;
}

bool has_settled(const connection& c, wall_time now) noexcept {
    return now - c.created_at >= trust_settles && (!c.verified_at || now - *c.verified_at >= trust_settles);
}

}  // namespace hourkey::model
