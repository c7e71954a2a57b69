#include "aws/account_id.hpp"

#include <algorithm>

namespace hourkey::aws {

account_id::account_id(std::string_view digits) noexcept { std::ranges::copy(digits, digits_.begin()); }

result<account_id> account_id::parse(std::string_view text) {
    if (!is_account_id(text)) return invalid_field("account_id", "is not 12 digits");
    return account_id(text);
}

bool is_account_id(std::string_view text) noexcept {
    return text.size() == account_id::size && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace hourkey::aws
