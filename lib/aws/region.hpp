#pragma once

#include "aws/partition.hpp"
#include "core/failure.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace hourkey::aws {

/// What has a region's form (partition.hpp). Whether AWS has it is known_regions.hpp's to say.
class region {
public:
    /// Fails with invalid_request about `region`.
    [[nodiscard]] static result<region> parse(std::string_view text);
    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    [[nodiscard]] const aws::partition& partition() const noexcept { return *partition_of_region(text_); }
    friend auto operator<=>(const region&, const region&) = default;

private:
    explicit region(std::string_view text) : text_(text) {}
    std::string text_;
};

}  // namespace hourkey::aws
