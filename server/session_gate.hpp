#pragma once

#include "model/token.hpp"
#include "store/database.hpp"
#include "sts/client.hpp"

#include <string>

namespace hourkey::server {

/// The one way to a session at AWS STS for whoever asks hourkey, vends and verifications alike: nobody makes one that could not be
/// recorded, or more of them than is its share. Whoever is let in records the session, whatever becomes of it.
class session_gate {
public:
    session_gate(sts::client& client, store::database& database) : client_(client), database_(database) {}

    /// Good for one session. Only the gate makes one.
    class permit {
    public:
        permit(permit&&) = default;
        permit& operator=(permit&&) = default;

    private:
        friend class session_gate;
        permit() = default;
    };

    /// audit_unavailable or rate_limited: AWS is not asked then.
    [[nodiscard]] result<permit> admit(const model::caller& who);
    [[nodiscard]] task<result<sts::assumed_role>> open(permit, aws::assume_role_request what, deadline until, std::string region) {
        return client_.assume_role(std::move(what), until, std::move(region));
    }

private:
    sts::client& client_;
    store::database& database_;
};

}  // namespace hourkey::server
