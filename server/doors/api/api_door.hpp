#pragma once

#include "server/doors/api/routes.hpp"
#include "server/doors/caller_admission.hpp"
#include "server/doors/door.hpp"

#include <memory>

namespace hourkey::server::api {

/// hourkey's own API: callers are known by a bearer token, and each right is checked before a handler runs.
class api_door final : public door {
public:
    explicit api_door(std::shared_ptr<caller_admission> callers) : callers_(std::move(callers)) {}
    [[nodiscard]] route_table routes() const noexcept override { return api::routes(); }
    task<result<>> admit(call& what, const route* row) override { return callers_->admit(what, row); }
    [[nodiscard]] result<> admit_unread(std::string_view address, steady_time now) override {
        return callers_->admit_unread(address, now);
    }
    /// With a hint where to look; on the credentials' routes also in the words of the AWS SDKs.
    [[nodiscard]] http::response refusal(failure why, const call& what, const route* row) const override;

private:
    std::shared_ptr<caller_admission> callers_;
};

}  // namespace hourkey::server::api
