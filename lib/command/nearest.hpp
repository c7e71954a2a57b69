#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hourkey::command {

/// The candidate that `word` was meant to be, by all appearances: it begins so, or a third of its letters or fewer
/// differ. Empty: none.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace hourkey::command
