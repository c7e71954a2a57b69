#pragma once

#include "server/doors/door.hpp"

namespace hourkey::server::control {

[[nodiscard]] route_table routes() noexcept;

/// What commands of the same machine ask a running server for: open to the user that runs it, and to root.
class control_door final : public door {
public:
    [[nodiscard]] route_table routes() const noexcept override { return control::routes(); }
    task<result<>> admit(call& what, const route* row) override;
};

}  // namespace hourkey::server::control
