#include "model/role.hpp"

#include <array>

namespace hourkey::model {
namespace {

constexpr std::array<std::string_view, 4> names{"operator", "admin", "app", "auditor"};

}  // namespace

std::string_view to_text(role r) noexcept { return names[static_cast<std::size_t>(r)]; }

std::optional<role> parse_role(std::string_view text) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == text) return static_cast<role>(i);
    return std::nullopt;
}

}  // namespace hourkey::model
