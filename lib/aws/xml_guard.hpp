#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace hourkey::aws {

inline constexpr std::size_t deepest_xml = 32;  ///< STS's answers are 4 deep

/// What makes `body` unfit to be read as an answer, or nothing. pugixml is lenient where this is not: it skips a
/// DOCTYPE and text outside the root, keeps unknown entities as they are, ends a value at a NUL, takes several roots
/// and any depth.
[[nodiscard]] std::optional<std::string_view> xml_objection(std::string_view body) noexcept;

}  // namespace hourkey::aws
