#include "emulator/arn_text.hpp"

#include "aws/partition.hpp"
#include "emulator/text.hpp"

#include <algorithm>

namespace hourkey::emulator {

arn_parts split_arn(std::string_view arn) noexcept {
    if (take_until(arn, ':') != "arn") return {};
    arn_parts parts;
    parts.partition = take_until(arn, ':');
    parts.service = take_until(arn, ':');
    parts.region = take_until(arn, ':');
    parts.account = take_until(arn, ':');
    parts.resource = arn;
    return parts;
}

bool is_account(std::string_view text) noexcept { return text.size() == 12 && std::ranges::all_of(text, is_digit); }

bool is_of_account(const arn_parts& arn) noexcept {
    return aws::find_partition(arn.partition) != nullptr && arn.region.empty() && is_account(arn.account);
}

}  // namespace hourkey::emulator
