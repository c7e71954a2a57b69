#pragma once

#include "aws/arn.hpp"
#include "core/failure.hpp"

#include <array>
#include <compare>
#include <string_view>

namespace hourkey::aws {

/// 12 digits.
class account_id {
public:
    static constexpr auto size = role_arn::account_size;

    /// Fails with invalid_request about `account_id`.
    [[nodiscard]] static result<account_id> parse(std::string_view text);
    [[nodiscard]] static account_id of(const role_arn& role) noexcept { return account_id(role.account_id()); }
    [[nodiscard]] std::string_view str() const noexcept { return {digits_.data(), digits_.size()}; }
    friend auto operator<=>(const account_id&, const account_id&) = default;

private:
    explicit account_id(std::string_view digits) noexcept;
    std::array<char, size> digits_;
};

[[nodiscard]] bool is_account_id(std::string_view text) noexcept;

}  // namespace hourkey::aws
