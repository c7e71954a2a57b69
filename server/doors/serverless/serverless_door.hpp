#pragma once

#include "server/doors/caller_admission.hpp"
#include "server/doors/door.hpp"

#include <memory>

namespace hourkey::server::serverless {

[[nodiscard]] route_table routes() noexcept;

/// The wire form of the Serverless Framework's plugin of 2019, whose clients print an error's text as it comes.
class serverless_door final : public door {
public:
    explicit serverless_door(std::shared_ptr<caller_admission> callers) : callers_(std::move(callers)) {}
    [[nodiscard]] route_table routes() const noexcept override { return serverless::routes(); }
    task<result<>> admit(call& what, const route* row) override { return callers_->admit(what, row); }

private:
    std::shared_ptr<caller_admission> callers_;
};

}  // namespace hourkey::server::serverless
