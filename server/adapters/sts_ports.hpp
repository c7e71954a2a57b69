#pragma once

#include "linking/ports.hpp"
#include "server/adapters/session_gate.hpp"
#include "sts/client.hpp"
#include "vending/ports.hpp"

namespace hourkey::server {

/// vending's role assumer over our STS client.
class sts_role_assumer final : public vending::role_assumer {
public:
    explicit sts_role_assumer(session_gate& gate) : gate_(gate) {}

    [[nodiscard]] task<result<vending::role_session>> assume(const model::principal& who,
                                                             vending::role_session_request session,
                                                             deadline until) override;

private:
    session_gate& gate_;
};

/// linking's probe over our STS client: 900 seconds, a policy that denies everything, and the result wiped.
class sts_trust_probe final : public linking::trust_probe {
public:
    sts_trust_probe(session_gate& gate, sts::client& client) : gate_(gate), client_(client) {}

    [[nodiscard]] task<linking::probe_result> assume(linking::probe_request probe, deadline until) override;

private:
    session_gate& gate_;
    sts::client& client_;  ///< for GetCallerIdentity
};

}  // namespace hourkey::server
