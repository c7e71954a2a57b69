#pragma once

#include "core/clock.hpp"
#include "core/task.hpp"
#include "core/ulid.hpp"
#include "model/principal.hpp"

#include <set>
#include <utility>

namespace hourkey::server {

struct services;

/// Writes when a token was last used, which nobody waits for. One a reactor.
class token_uses {
public:
    explicit token_uses(services& with) : with_(with) {}
    /// Unless that token's use is being written already, or its tenant has several of them in the queue.
    void note(const model::principal& who, wall_time used_at);

private:
    [[nodiscard]] bool may_note(const model::principal& who) const;
    task<> write(ulid tenant, ulid token, wall_time used_at);

    services& with_;
    std::set<std::pair<ulid, ulid>> under_way_;  ///< tenant and token
};

}  // namespace hourkey::server
