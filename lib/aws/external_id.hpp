#pragma once

#include "core/failure.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace hourkey::aws {

/// STS's ExternalId: 2..1224 of [\w+=,.@:/-]. Those of connections are made here and taken from no input.
class external_id {
public:
    /// Fails with invalid_request about `external_id`.
    [[nodiscard]] static result<external_id> parse(std::string_view text);
    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    friend auto operator<=>(const external_id&, const external_id&) = default;

private:
    friend external_id make_external_id();
    explicit external_id(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// `hk-` and 128 random bits in hex.
[[nodiscard]] external_id make_external_id();

}  // namespace hourkey::aws
