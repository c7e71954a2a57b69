#include "secretref/field.hpp"

namespace hourkey::secretref {
namespace {

constexpr std::array<std::string_view, field_count> names{"accessKeyId", "secretAccessKey", "sessionToken",
                                                          "expiration",  "region",          "accountId"};

}  // namespace

std::string_view name_of(field f) noexcept { return names.at(static_cast<std::size_t>(f)); }

std::optional<field> find_field(std::string_view name) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return static_cast<field>(i);
    return std::nullopt;
}

}  // namespace hourkey::secretref
