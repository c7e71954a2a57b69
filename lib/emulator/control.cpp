#include "emulator/control.hpp"

#include "core/number.hpp"
#include "core/time_text.hpp"
#include "emulator/declaration.hpp"
#include "emulator/form.hpp"
#include "emulator/text.hpp"

#include <algorithm>
#include <array>

namespace hourkey::emulator {
namespace {

constexpr std::string_view done = "ok";

result<std::string> needed(const form& f, std::string_view name) {
    const auto value = f.find(name);
    if (!value || value->empty()) return invalid_field(name, "is missing");
    return std::string(*value);
}

/// Nothing when it is absent.
template <class Number>
result<std::optional<Number>> number(const form& f, std::string_view name, Number least, Number most) {
    const auto text = f.find(name);
    if (!text) return std::optional<Number>{};
    const auto value = parse_number<Number>(*text);
    if (!value || *value < least || *value > most) {
        return invalid_field(name,
                             "is not a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return value;
}

result<std::string> put_user(sts_emulator& sts, const form& f) {
    HK_TRY(const auto key, needed(f, "AccessKeyId"));
    HK_TRY(const auto secret_key, needed(f, "SecretAccessKey"));
    HK_TRY(const auto arn, needed(f, "Arn"));
    HK_CHECK(check_user_arn(arn));
    mfa_device mfa{std::string(f.find("MfaSerialNumber").value_or("")), std::string(f.find("MfaCode").value_or(""))};
    if (mfa.serial.empty() != mfa.code.empty())
        return invalid_field("MfaCode", "goes with MfaSerialNumber, and neither alone");
    sts.put_user(key, secret_key, arn, std::move(mfa));
    return std::string(done);
}

result<std::string> put_role(sts_emulator& sts, const form& f) {
    role r;
    HK_TRY(r.arn, needed(f, "RoleArn"));
    r.principals = f.list("Principal");
    if (const auto policy = f.find("AssumeRolePolicyDocument")) HK_CHECK(declare_trust(r, *policy));
    if (r.principals.empty() && !r.trust) r.principals = {"*"};
    r.principal_arns = f.list("PrincipalArn");
    r.external_ids = f.list("ExternalId");
    HK_TRY(const auto duration, number<long>(f, "MaxSessionDuration", 3600, 43200));
    if (duration) r.max_session_duration = std::chrono::seconds(*duration);
    HK_CHECK(check_role(r));
    sts.put_role(std::move(r));
    return std::string(done);
}

result<std::string> delete_role(sts_emulator& sts, const form& f) {
    HK_TRY(const auto arn, needed(f, "RoleArn"));
    if (!sts.delete_role(arn)) return invalid_field("RoleArn", "names no role here");
    return std::string(done);
}

result<std::string> set_fault(sts_emulator& sts, const form& f) {
    HK_TRY(const auto name, needed(f, "Fault"));
    const auto what = fault_from_name(name);
    if (!what) return invalid_field("Fault", "names no fault of the table");
    fault_rule rule;
    rule.what = *what;
    HK_TRY(rule.count, number<std::uint64_t>(f, "Count", 1, 1'000'000'000));
    HK_TRY(rule.every, number<std::uint64_t>(f, "Every", 1, 1'000'000'000));
    if (rule.count && rule.every) return invalid_field("Every", "cannot be used with Count");
    HK_TRY(const auto after, number<std::uint64_t>(f, "After", 0, 1'000'000'000));
    rule.after = after.value_or(0);
    rule.operation = f.find("Operation").value_or("");
    rule.role_arn = f.find("RoleArn").value_or("");
    if (!rule.operation.empty() && !sts_emulator::has_operation(rule.operation))
        return invalid_field(
            "Operation",
            "is none of AssumeRole, AssumeRoleWithWebIdentity, GetCallerIdentity, GetFederationToken, GetSessionToken");
    for (const auto* aim : {"RoleArn", "Operation"}) {
        if (f.find(aim) && describe(*what).stage == fault_stage::accept)
            return invalid_field(
                aim, "cannot be used with conn_reset, conn_fin and conn_stall, which strike before there is a request");
    }
    HK_TRY(const auto delay, number<long>(f, "DelayMs", 0, 3'600'000));
    if (delay) rule.delay = std::chrono::milliseconds(*delay);
    sts.set_fault(std::move(rule));
    return std::string(done);
}

result<std::string> set_clock_offset(sts_emulator& sts, const form& f) {
    constexpr long ten_years = 315'360'000;
    HK_TRY(const auto seconds, number<long>(f, "Seconds", -ten_years, ten_years));
    if (!seconds) return invalid_field("Seconds", "is missing");
    sts.set_clock_offset(std::chrono::seconds(*seconds));
    return std::string(done);
}

result<std::string> clear_faults(sts_emulator& sts, const form&) {
    sts.clear_faults();
    return std::string(done);
}

result<std::string> clear_history(sts_emulator& sts, const form&) {
    sts.clear_history();
    return std::string(done);
}

/// A client's text in a line of its own making would forge the record.
std::string one_word(std::string text) {
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    return text;
}

result<std::string> history(sts_emulator& sts, const form&) {
    std::string out;
    for (const auto& r : sts.history()) {
        out.append("at=").append(to_rfc3339(r.at));
        out.append("\tcaller=").append(one_word(r.caller));
        out.append("\trole=").append(one_word(r.role_arn));
        out.append("\tsession=").append(one_word(r.session_name));
        if (r.external_id) out.append("\texternal_id=").append(one_word(*r.external_id));
        out.append("\tduration=").append(std::to_string(r.duration.count()));
        out.append("\tpolicy=").append(r.had_policy ? "yes" : "no");
        out.append("\toutcome=").append(r.outcome);
        if (!r.access_key.empty()) out.append("\taccess_key=").append(r.access_key);
        if (r.struck_by) out.append("\tfault=").append(describe(*r.struck_by).name);
        out += '\n';
    }
    if (!out.empty()) out.pop_back();
    return out;
}

struct operation {
    std::string_view name;
    result<std::string> (*perform)(sts_emulator&, const form&);
};

constexpr std::array operations{
    operation{"PutUser", put_user},         operation{"PutRole", put_role},
    operation{"DeleteRole", delete_role},   operation{"SetFault", set_fault},
    operation{"ClearFaults", clear_faults}, operation{"SetClockOffset", set_clock_offset},
    operation{"History", history},          operation{"ClearHistory", clear_history},
};

result<std::string> perform(sts_emulator& sts, std::string_view form_text) {
    HK_TRY(const auto f, form::parse(form_text));
    HK_TRY(const auto action, needed(f, "Action"));
    const auto found = std::ranges::find(operations, action, &operation::name);
    if (found == operations.end()) {
        return invalid_field(
            "Action",
            "is none of PutUser, PutRole, DeleteRole, SetFault, ClearFaults, SetClockOffset, History, ClearHistory");
    }
    return found->perform(sts, f);
}

}  // namespace

answer control(sts_emulator& sts, std::string_view form_text) {
    const auto said = perform(sts, form_text);
    if (said) return text_answer(200, *said);
    return text_answer(400, said.error().text());
}

}  // namespace hourkey::emulator
