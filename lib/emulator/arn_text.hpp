#pragma once

#include <string_view>

namespace hourkey::emulator {

/// The parts of `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`; empty views when the text is none.
struct arn_parts {
    std::string_view partition, service, region, account, resource;
};
[[nodiscard]] arn_parts split_arn(std::string_view arn) noexcept;

/// Twelve digits.
[[nodiscard]] bool is_account(std::string_view text) noexcept;

}  // namespace hourkey::emulator
