#pragma once

#include "linking/verifier.hpp"
#include "sts/base_credentials.hpp"
#include "sts/client.hpp"
#include "vending/ports.hpp"

namespace hourkey::server {

/// vending's role assumer over our STS client.
class sts_role_assumer final : public vending::role_assumer {
public:
    sts_role_assumer(sts::client& client, const sts::base_credentials& base) : client_(client), base_(base) {}

    [[nodiscard]] std::string session_name(const model::caller& who, const std::string& request_id) const override;
    [[nodiscard]] bool base_is_role_session() const noexcept override;
    [[nodiscard]] task<result<vending::role_session>> assume(vending::role_session_wish wish, deadline until) override;

private:
    sts::client& client_;
    const sts::base_credentials& base_;
};

/// linking's probe over our STS client: 900 seconds, a policy that denies everything, and the result wiped.
class sts_trust_probe final : public linking::trust_probe {
public:
    explicit sts_trust_probe(sts::client& client) : client_(client) {}

    [[nodiscard]] task<linking::probe_result> assume(const model::connection& c, std::optional<std::string> external_id, bool then_identify,
                                                     deadline until) override;

private:
    sts::client& client_;
};

}  // namespace hourkey::server
