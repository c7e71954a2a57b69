#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hourkey::emulator {

/// A prefix such as `ASIA` and 16 characters of IAM's alphabet, from 16 bytes.
[[nodiscard]] std::string id_from(std::string_view prefix, std::span<const unsigned char> bytes);
/// The same ARN has the same unique id in every run.
[[nodiscard]] std::string stable_id(std::string_view prefix, std::string_view arn);

}  // namespace hourkey::emulator
