#pragma once

#include "policy/rate_limits.hpp"
#include "server/doors/door.hpp"

namespace hourkey::server::document {

[[nodiscard]] route_table routes() noexcept;

/// What the main listener answers, as OpenAPI: open to whoever reaches it, within the address' rate.
class document_door final : public door {
public:
    explicit document_door(policy::rate_limits& rated) noexcept : rated_(rated) {}
    [[nodiscard]] route_table routes() const noexcept override { return document::routes(); }
    task<result<>> admit(call& what, const route* to) override;

private:
    policy::rate_limits& rated_;
};

}  // namespace hourkey::server::document
