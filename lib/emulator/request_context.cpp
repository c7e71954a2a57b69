#include "emulator/request_context.hpp"

#include "core/time_text.hpp"

namespace hourkey::emulator {
namespace {

std::string_view type_of(const principal& caller) noexcept {
    if (caller.is_root()) return "Account";
    switch (caller.kind) {
        case principal_kind::role_session: return "AssumedRole";
        case principal_kind::federated_user: return "FederatedUser";
        default: return "User";
    }
}

std::string seconds_text(wall_time t) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count());
}

void add_mfa(condition_context& context, const principal& caller, mfa_proof mfa, wall_time now) {
    const bool is_lasting = caller.kind == principal_kind::user;
    const auto at = mfa == mfa_proof::given ? std::optional(now) : caller.mfa_at;
    // AWS: requests signed with a user's own keys do not have the key at all.
    if (is_lasting && !at) return;
    context.set("aws:MultiFactorAuthPresent", at ? "true" : "false");
    if (at)
        context.set("aws:MultiFactorAuthAge",
                    std::to_string(std::chrono::floor<std::chrono::seconds>(now - *at).count()));
}

}  // namespace

condition_context context_of(const request& asked, wall_time now) {
    condition_context context;
    context.set("aws:SourceIp", std::string(asked.peer_address));
    context.set("aws:SecureTransport", asked.is_secure ? "true" : "false");
    context.set("aws:CurrentTime", to_rfc3339(now));
    context.set("aws:EpochTime", seconds_text(now));
    context.set("aws:ViaAWSService", "false");
    if (const auto agent = asked.find("user-agent")) context.set("aws:UserAgent", std::string(*agent));
    if (const auto referer = asked.find("referer")) context.set("aws:Referer", std::string(*referer));
    return context;
}

void add_caller(condition_context& context, const principal& caller, std::string_view region, mfa_proof mfa,
                wall_time now) {
    const auto who = split_arn(caller.arn);
    context.set("aws:PrincipalArn", caller.principal_arn);
    context.set("aws:PrincipalAccount", std::string(who.account));
    context.set("aws:PrincipalType", std::string(type_of(caller)));
    context.set("aws:PrincipalIsAWSService", "false");
    context.set("aws:userid", caller.user_id);
    context.set("aws:RequestedRegion", std::string(region));
    if (who.resource.starts_with("user/"))
        context.set("aws:username", std::string(who.resource.substr(who.resource.rfind('/') + 1)));
    if (caller.issued) context.set("aws:TokenIssueTime", to_rfc3339(*caller.issued));
    if (!caller.source_identity.empty()) context.set("aws:SourceIdentity", caller.source_identity);
    for (const auto& tag : caller.tags) context.set("aws:PrincipalTag/" + tag.key, tag.value);
    add_mfa(context, caller, mfa, now);
}

void add_parameters(condition_context& context, const assume_role_input& in, bool has_duration) {
    context.set("sts:RoleSessionName", in.session_name);
    if (in.external_id) context.set("sts:ExternalId", *in.external_id);
    if (!in.source_identity.empty()) context.set("sts:SourceIdentity", in.source_identity);
    if (has_duration) context.set("sts:DurationSeconds", std::to_string(in.duration.count()));
    std::vector<std::string> keys, transitive;
    for (const auto& tag : in.tags) {
        context.set("aws:RequestTag/" + tag.key, tag.value);
        keys.push_back(tag.key);
        if (tag.is_transitive) transitive.push_back(tag.key);
    }
    context.set_all("aws:TagKeys", std::move(keys));
    context.set_all("sts:TransitiveTagKeys", std::move(transitive));
}

}  // namespace hourkey::emulator
