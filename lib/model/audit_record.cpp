#include "model/audit_record.hpp"

#include <array>

namespace hourkey::model {
namespace {

constexpr std::array<std::string_view, 4> names{"granted", "denied", "error", "changed"};

}  // namespace

std::string_view to_text(audit_outcome o) noexcept { return names[static_cast<std::size_t>(o)]; }

std::optional<audit_outcome> parse_audit_outcome(std::string_view text) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == text) return static_cast<audit_outcome>(i);
    return std::nullopt;
}

}  // namespace hourkey::model
