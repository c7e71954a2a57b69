#include "core/time_text.hpp"
#include "crypto/random.hpp"
#include "emulator/body_fault.hpp"
#include "emulator/request_context.hpp"
#include "emulator/sts_emulator.hpp"
#include "emulator/sts_exchange.hpp"
#include "emulator/sts_xml.hpp"
#include "emulator/unique_id.hpp"
#include "emulator/user_session.hpp"
#include "emulator/web_identity.hpp"

#include <algorithm>
#include <array>

namespace hourkey::emulator {
namespace {

using namespace std::chrono_literals;

sts_error access_denied(std::string message) { return {403, "AccessDenied", std::move(message)}; }

/// Within an account AWS tells why; to callers of other accounts it does not.
std::string reason_of(trust_verdict verdict, const principal& caller, std::string_view action,
                      const std::string& role_arn) {
    if (split_arn(caller.arn).account != split_arn(role_arn).account) return {};
    if (verdict == trust_verdict::denied) return " with an explicit deny in the role trust policy";
    return " because no role trust policy allows the " + std::string(action) + " action";
}

sts_error not_authorized(const principal& caller, std::string_view action, const std::string& role_arn) {
    return access_denied("User: " + caller.arn + " is not authorized to perform: " + std::string(action) +
                         " on resource: " + role_arn);
}

std::string session_arn(const role& r, const std::string& session_name) {
    const auto parts = split_arn(r.arn);
    std::string arn("arn:");
    arn.append(parts.partition)
        .append(":sts::")
        .append(parts.account)
        .append(":assumed-role/")
        .append(r.name())
        .append("/")
        .append(session_name);
    return arn;
}

principal session_of(const role& r, const std::string& session_name) {
    principal who;
    who.arn = session_arn(r, session_name);
    who.principal_arn = r.arn;
    who.user_id = stable_id("AROA", r.arn) + ":" + session_name;
    who.kind = principal_kind::role_session;
    return who;
}

session_tags transitive_ones(session_tags tags) {
    std::erase_if(tags, [](const session_tag& t) { return !t.is_transitive; });
    return tags;
}

/// What the trust policy has to allow: tags and source identities are actions of their own, also when they only go on
/// along a chain.
std::vector<std::string_view> actions_of(const assume_role_input& in, const session_tags& inherited,
                                         const principal& caller) {
    std::vector<std::string_view> actions{"sts:AssumeRole"};
    if (!in.tags.empty() || !inherited.empty()) actions.emplace_back("sts:TagSession");
    if (!in.source_identity.empty() || !caller.source_identity.empty()) actions.emplace_back("sts:SetSourceIdentity");
    return actions;
}

outcome<> check_trust(const trust_policy& trust, const std::vector<std::string_view>& actions, const principal& caller,
                      const condition_context& context, const std::string& role_arn) {
    for (const auto action : actions) {
        const auto verdict = decide(trust, action, caller, context);
        if (verdict == trust_verdict::allowed) continue;
        auto refusal = not_authorized(caller, action, role_arn);
        refusal.message += reason_of(verdict, caller, action, role_arn);
        return refusal;
    }
    return {};
}

/// Some identities may assume no role, whatever it trusts.
outcome<> check_standing(const principal& caller, const std::string& role_arn) {
    if (caller.is_root()) return access_denied("Roles may not be assumed by root accounts.");
    const auto who = split_arn(caller.arn);
    if (caller.kind == principal_kind::federated_user || who.resource.starts_with("federated-user/") ||
        who.partition != split_arn(role_arn).partition)
        return not_authorized(caller, "sts:AssumeRole", role_arn);
    return {};
}

outcome<> check_duration(std::chrono::seconds wanted, const role& asked, const principal& caller) {
    if (caller.kind == principal_kind::role_session && wanted > 1h)
        return validation_error(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
    if (wanted > asked.max_session_duration)
        return validation_error("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    return {};
}

std::optional<std::string> percent_text(const std::optional<unsigned>& percent) {
    return percent ? std::optional(std::to_string(*percent)) : std::nullopt;
}

std::chrono::seconds within_roots(std::chrono::seconds wanted, const principal& caller) {
    return caller.is_root() ? std::min<std::chrono::seconds>(wanted, longest_of_root) : wanted;
}

std::optional<fault> body_fault_of(const std::optional<fault_rule>& rule) {
    return rule && describe(rule->what).stage == fault_stage::body ? std::optional(rule->what) : std::nullopt;
}

std::optional<std::chrono::seconds> life_under(std::optional<fault> f) {
    if (f == fault::short_expiration) return 60s;
    if (f == fault::brief_expiration) return 6s;
    return std::nullopt;
}

}  // namespace

const sts_emulator::operation* sts_emulator::find_operation(std::string_view name) noexcept {
    static constexpr std::array all{
        operation{"AssumeRole", &sts_emulator::assume_role},
        operation{"AssumeRoleWithWebIdentity", &sts_emulator::assume_role_with_web_identity},
        operation{"GetCallerIdentity", &sts_emulator::get_caller_identity},
        operation{"GetFederationToken", &sts_emulator::get_federation_token},
        operation{"GetSessionToken", &sts_emulator::get_session_token},
    };
    const auto* const found = std::ranges::find(all, name, &operation::name);
    return found == all.end() ? nullptr : found;
}

bool sts_emulator::has_operation(std::string_view name) noexcept { return find_operation(name) != nullptr; }

outcome<answer> sts_emulator::get_caller_identity(exchange& x) {
    return xml_answer(200, caller_identity_xml(x.caller, x.request_id), x.request_id);
}

outcome<answer> sts_emulator::assume_role(exchange& x) {
    HK_TRY(const auto in, read_assume_role(x.parameters, x.caller.tags));
    x.record.session_name = in.session_name;
    x.record.external_id = in.external_id;
    x.record.duration = in.duration;
    x.record.had_policy = !in.policies.empty();
    HK_CHECK(check_standing(x.caller, in.role_arn));
    HK_TRY(const auto mfa, check_mfa(in.mfa, x.caller));
    const auto asked = find_role(in.role_arn);
    // A role that does not exist is refused in the words for another account's.
    if (!asked) return not_authorized(x.caller, "sts:AssumeRole", in.role_arn);
    auto context = context_of(x.asked, x.now);
    add_caller(context, x.caller, x.region, mfa, x.now);
    add_parameters(context, in, x.parameters.find("DurationSeconds").has_value());
    const auto inherited = transitive_ones(x.caller.tags);
    HK_CHECK(check_trust(asked->trust, actions_of(in, inherited, x.caller), x.caller, context, in.role_arn));
    // AWS: once set, a source identity stays what it is along the chain.
    if (!in.source_identity.empty() && !x.caller.source_identity.empty() &&
        in.source_identity != x.caller.source_identity)
        return not_authorized(x.caller, "sts:SetSourceIdentity", in.role_arn);
    HK_CHECK(check_duration(in.duration, asked->declared, x.caller));

    auto who = session_of(asked->declared, in.session_name);
    who.source_identity = in.source_identity.empty() ? x.caller.source_identity : in.source_identity;
    who.tags = in.tags;
    who.tags.insert(who.tags.end(), inherited.begin(), inherited.end());
    const auto f = body_fault_of(x.fault_now);
    auto texts = issue(x, std::move(who), life_under(f).value_or(in.duration));
    x.record.outcome = "ok";
    x.record.access_key = *texts.access_key;
    texts.packed_policy_size = percent_text(in.packed_percent);
    if (!in.source_identity.empty() || !x.caller.source_identity.empty())
        texts.source_identity = in.source_identity.empty() ? x.caller.source_identity : in.source_identity;
    if (f) {
        const auto expires = parse_rfc3339(*texts.expiration).value();
        return spoilt_answer(*f, std::move(texts), expires, x.now);
    }
    return xml_answer(200, assume_role_xml(texts), x.request_id);
}

outcome<answer> sts_emulator::assume_role_with_web_identity(exchange& x) {
    HK_TRY(const auto in, read_web_identity(x.parameters));
    HK_TRY(const auto identity, read_identity_token(in.token, x.now));
    const auto parts = split_arn(in.role_arn);
    std::string provider("arn:");
    provider.append(parts.partition)
        .append(":iam::")
        .append(parts.account)
        .append(":oidc-provider/")
        .append(identity.issuer);
    if (!knows_provider(parts, provider))
        return sts_error{400, "InvalidIdentityToken",
                         "No OpenIDConnect provider found in your account for https://" + identity.issuer};
    auto context = context_of(x.asked, x.now);
    context.set("sts:RoleSessionName", in.session_name);
    context.set(identity.issuer + ":sub", identity.subject);
    context.set(identity.issuer + ":aud", identity.audience);
    context.set_all(identity.issuer + ":amr", identity.methods);
    const auto asked = find_role(in.role_arn);
    if (!asked ||
        decide_for_provider(asked->trust, "sts:AssumeRoleWithWebIdentity", provider, context) != trust_verdict::allowed)
        return access_denied("Not authorized to perform sts:AssumeRoleWithWebIdentity");
    HK_CHECK(check_duration(in.duration, asked->declared, {}));
    auto texts = issue(x, session_of(asked->declared, in.session_name), in.duration);
    texts.packed_policy_size = percent_text(in.packed_percent);
    return xml_answer(200, web_identity_xml(texts, {identity.subject, identity.audience, provider}), x.request_id);
}

outcome<answer> sts_emulator::get_session_token(exchange& x) {
    HK_TRY(const auto in, read_session_token(x.parameters));
    if (x.caller.kind != principal_kind::user)
        return access_denied("Cannot call GetSessionToken with session credentials");
    HK_TRY(const auto mfa, check_mfa(in.mfa, x.caller));
    auto who = x.caller;
    who.kind = principal_kind::user_session;
    if (mfa == mfa_proof::given) who.mfa_at = x.now;
    const auto texts = issue(x, std::move(who), within_roots(in.duration, x.caller));
    return xml_answer(200, session_token_xml(texts), x.request_id);
}

outcome<answer> sts_emulator::get_federation_token(exchange& x) {
    const auto of = split_arn(x.caller.arn);
    HK_TRY(const auto in, read_federation_token(x.parameters, of));
    if (x.caller.kind != principal_kind::user)
        return access_denied("Cannot call GetFederationToken with session credentials");
    principal who;
    who.arn.append("arn:")
        .append(of.partition)
        .append(":sts::")
        .append(of.account)
        .append(":federated-user/")
        .append(in.name);
    who.principal_arn = who.arn;
    who.user_id.append(of.account).append(":").append(in.name);
    who.kind = principal_kind::federated_user;
    who.tags = in.tags;
    auto texts = issue(x, std::move(who), within_roots(in.duration, x.caller));
    texts.packed_policy_size = percent_text(in.packed_percent);
    return xml_answer(200, federation_token_xml(texts), x.request_id);
}

outcome<mfa_proof> sts_emulator::check_mfa(const mfa_claim& claim, const principal& caller) const {
    if (claim.serial.empty() && claim.code.empty()) return mfa_proof::none;
    if (claim.serial.empty() || claim.code.empty())
        return access_denied(
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.");
    mfa_device device;
    {
        const std::lock_guard lock(mutex_);
        const auto found = users_.find(caller.access_key);
        if (found != users_.end()) device = found->second.mfa;
    }
    if (device.serial != claim.serial)
        return access_denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is "
            "valid and associated with this user.");
    if (device.code != claim.code)
        return access_denied("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
    return mfa_proof::given;
}

std::optional<sts_emulator::trusted_role> sts_emulator::find_role(const std::string& role_arn) const {
    const std::lock_guard lock(mutex_);
    const auto found = roles_.find(role_arn);
    return found == roles_.end() ? std::nullopt : std::optional(found->second);
}

bool sts_emulator::knows_provider(const arn_parts& of_role, std::string_view provider_arn) const {
    const auto names_it = [&](const trust_policy::statement& s) {
        return std::ranges::find(s.providers, provider_arn) != s.providers.end();
    };
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(roles_, [&](const auto& entry) {
        return split_arn(entry.first).account == of_role.account &&
               std::ranges::any_of(entry.second.trust.statements, names_it);
    });
}

assume_role_texts sts_emulator::issue(exchange& x, principal who, std::chrono::seconds duration) {
    std::array<unsigned char, 16> random{};
    crypto::fill_random(random);
    session s;
    s.who = std::move(who);
    s.who.access_key = id_from("ASIA", random);
    s.who.issued = x.now;
    s.expires = std::chrono::floor<std::chrono::seconds>(x.now) + duration;
    assume_role_texts texts;
    texts.access_key = s.who.access_key;
    texts.secret_key = sealer_.secret_of(s.who.access_key);
    texts.token = sealer_.seal(s, body_fault_of(x.fault_now) == fault::big_token ? 10'000 : 0);
    texts.expiration = to_rfc3339(s.expires);
    texts.role_id = s.who.user_id;
    texts.arn = s.who.arn;
    texts.request_id = x.request_id;
    return texts;
}

}  // namespace hourkey::emulator
