#pragma once

#include "core/failure.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::emulator {

/// `application/x-www-form-urlencoded` parameters, of a body or a query string, in their order.
class form {
public:
    /// A malformed escape is refused.
    [[nodiscard]] static result<form> parse(std::string_view text);
    /// Appends those of another text.
    [[nodiscard]] result<> add(std::string_view text);

    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
    /// The values of `name`, `name.1`, `name.2`...: gaps are skipped.
    [[nodiscard]] std::vector<std::string> list(std::string_view name) const;
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const noexcept { return fields_; }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace hourkey::emulator
