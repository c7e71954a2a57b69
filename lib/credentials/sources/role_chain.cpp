#include "credentials/sources/role_chain.hpp"

#include "aws/sts_request.hpp"
#include "credentials/role_session.hpp"
#include "sts/operations.hpp"

#include <utility>

namespace hourkey::credentials {

result<role_step> step_of_profile(const profile& p, const std::string& name) {
    // A server cannot type a code.
    if (p.has("mfa_serial"))
        return unusable_profile(name,
                                "has mfa_serial; a server cannot answer MFA, so use a role that does not ask for it");
    HK_TRY(auto wanted, role_of_profile(p, name));
    role_step step{.wanted = std::move(wanted), .external_id = {}};
    if (const auto text = p.find("external_id").value_or(""); !text.empty()) {
        auto id = aws::external_id::parse(text);
        if (!id)
            return unusable_profile(name, "has an external_id that is not 2..1224 of A-Z a-z 0-9 _ + = , . @ : / -");
        step.external_id = *std::move(id);
    }
    return step;
}

task<result<fetched_keys>> take_step(role_step step, const sts::base_identity& from, fetch_tools tools) {
    const auto& [role, session, duration] = step.wanted;
    aws::assume_role_request request{role, session, duration, step.external_id, std::nullopt};
    auto assumed = co_await sts::assume_role(tools.channel, std::move(request), from.keys, from.kind(),
                                             tools.within(tools.settings.fetch_timeout));
    if (!assumed) co_return refused_session("its role_arn could not be assumed", assumed.error(), role);
    co_return keys_of_session(*std::move(assumed), role);
}

}  // namespace hourkey::credentials
