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

/// Of a partition that AWS has, of an account, and of no region: what IAM's ARNs are, and those of STS.
[[nodiscard]] bool is_of_account(const arn_parts& arn) noexcept;

}  // namespace hourkey::emulator
