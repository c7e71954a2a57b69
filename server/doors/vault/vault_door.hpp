#pragma once

#include "server/doors/caller_admission.hpp"
#include "server/doors/door.hpp"

#include <memory>

namespace hourkey::server::vault {

[[nodiscard]] route_table routes() noexcept;

/// What Vault's and OpenBao's clients need of a server whose AWS secrets engine is mounted at `aws/`. Callers are known
/// by hourkey's tokens in X-Vault-Token; what is refused is told in `errors`.
class vault_door final : public door {
public:
    explicit vault_door(std::shared_ptr<caller_admission> callers) : callers_(std::move(callers)) {}
    [[nodiscard]] route_table routes() const noexcept override { return vault::routes(); }
    task<result<>> admit(call& what, const route* row) override;
    [[nodiscard]] http::response refusal(failure why, const call& what, const route* row) const override;

private:
    std::shared_ptr<caller_admission> callers_;
};

}  // namespace hourkey::server::vault
