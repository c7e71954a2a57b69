#include "emulator/sts_emulator.hpp"

#include "aws/known_regions.hpp"
#include "core/encoding.hpp"
#include "core/time_text.hpp"
#include "crypto/random.hpp"
#include "emulator/error_fault.hpp"
#include "emulator/sts_exchange.hpp"
#include "emulator/unique_id.hpp"

#include <algorithm>
#include <array>

namespace hourkey::emulator {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view api_version = "2011-06-15";

std::string new_request_id(std::span<const unsigned char, 16> random) {
    auto text = to_hex(random);
    for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, "-");
    return text;
}

sts_error unknown_token() {
    return {403, "InvalidClientTokenId", "The security token included in the request is invalid."};
}

/// Whoever calls has a token of another's instead of a signature.
bool takes_anyone(std::string_view operation) noexcept { return operation == "AssumeRoleWithWebIdentity"; }

/// What STS has and the emulator has not.
bool is_left_out(std::string_view action) noexcept {
    return action == "AssumeRoleWithSAML" || action == "AssumeRoot" || action == "DecodeAuthorizationMessage" ||
           action == "GetAccessKeyInfo";
}

}  // namespace

sts_emulator::sts_emulator(const clock_source& clock, std::size_t history_size)
    : clock_(clock), history_size_(history_size) {}

void sts_emulator::put_user(std::string_view access_key, std::string_view secret_key, std::string_view arn,
                            mfa_device mfa) {
    user u;
    u.who.access_key = access_key;
    u.who.arn = arn;
    u.who.principal_arn = arn;
    u.who.user_id = stable_id("AIDA", arn);
    u.secret_key = secret(secret_key);
    u.mfa = std::move(mfa);
    const std::lock_guard lock(mutex_);
    users_.insert_or_assign(std::string(access_key), std::move(u));
}

void sts_emulator::put_role(role r) {
    auto trust = trust_of(r).value();
    auto arn = r.arn;
    {
        const std::lock_guard lock(mutex_);
        roles_.insert_or_assign(std::move(arn), trusted_role{std::move(r), std::move(trust)});
    }
    if (roles_changed_) roles_changed_();
}

bool sts_emulator::delete_role(const std::string& role_arn) {
    {
        const std::lock_guard lock(mutex_);
        if (roles_.erase(role_arn) == 0) return false;
    }
    if (roles_changed_) roles_changed_();
    return true;
}

std::vector<role> sts_emulator::roles() const {
    const std::lock_guard lock(mutex_);
    std::vector<role> all;
    all.reserve(roles_.size());
    for (const auto& [arn, r] : roles_) all.push_back(r.declared);
    return all;
}

void sts_emulator::set_fault(fault_rule rule) {
    const std::lock_guard lock(mutex_);
    faults_.add(std::move(rule));
}

void sts_emulator::clear_faults() {
    const std::lock_guard lock(mutex_);
    faults_.clear();
    ++times_cleared_;
}

std::optional<fault_rule> sts_emulator::fault_at_accept() {
    const std::lock_guard lock(mutex_);
    return faults_.at_accept();
}

std::vector<assume_role_record> sts_emulator::history() const {
    const std::lock_guard lock(mutex_);
    return {history_.begin(), history_.end()};
}

void sts_emulator::clear_history() {
    const std::lock_guard lock(mutex_);
    history_.clear();
}

void sts_emulator::remember(assume_role_record record) {
    const std::lock_guard lock(mutex_);
    history_.push_back(std::move(record));
    if (history_.size() > history_size_) history_.pop_front();
}

wall_time sts_emulator::server_now() const noexcept {
    return clock_.now() + std::chrono::seconds(offset_seconds_.load());
}

answer sts_emulator::answer_to(const request& r) {
    std::array<unsigned char, 16> random{};
    crypto::fill_random(random);
    exchange x{r, {}, {}, {}, new_request_id(random), server_now(), {}, {}, {}, {}};
    auto a = perform(x);
    if (x.action == "AssumeRole") {
        x.record.at = x.now;
        if (x.fault_now) x.record.struck_by = x.fault_now->what;
        remember(std::move(x.record));
    }
    set_header(a, "Date", to_http_date(x.now));
    if (!x.fault_now) return a;
    const auto what = x.fault_now->what;
    if (what == fault::clock_skew_no_date) drop_header(a, "Date");
    if (what == fault::clock_skew_age) set_header(a, "Age", "3");
    if (describe(what).stage == fault_stage::transport) a.transport = transport_order{what, x.fault_now->delay};
    return a;
}

answer sts_emulator::perform(exchange& x) {
    auto done = dispatch(x);
    if (done) return *std::move(done);
    x.record.outcome = done.error().code;
    return xml_answer(done.error().status, error_xml(done.error(), x.request_id), x.request_id);
}

outcome<answer> sts_emulator::dispatch(exchange& x) {
    if (x.query.add(x.asked.query).has_error())
        return sts_error{400, "MalformedQueryString", "The query string contains a syntax error."};
    x.parameters = x.query;
    if (x.parameters.add(x.asked.body).has_error())
        return sts_error{400, "MalformedQueryString", "The body contains a syntax error."};
    x.action = x.parameters.find("Action").value_or("");
    const std::string role_arn(x.action == "AssumeRole" ? x.parameters.find("RoleArn").value_or("") : "");
    x.record.role_arn = role_arn;
    {
        const std::lock_guard lock(mutex_);
        x.fault_now = faults_.at_request(x.action, role_arn);
    }
    if (x.fault_now && describe(x.fault_now->what).stage == fault_stage::error) {
        x.record.outcome = error_code(x.fault_now->what);
        return error_answer(*x.fault_now, x.request_id);
    }
    if (x.fault_now && describe(x.fault_now->what).stage == fault_stage::clock) x.now += 1h;

    const auto version = x.parameters.find("Version").value_or("NO_VERSION_SPECIFIED");
    const auto* const found = version == api_version ? find_operation(x.action) : nullptr;
    if (found == nullptr || !takes_anyone(found->name)) HK_CHECK(authenticate(x));
    x.record.caller = x.caller.arn;
    if (x.action.empty())
        return sts_error{400, "MissingAction", "The request is missing an action or a required parameter."};
    if (found != nullptr) return (this->*found->perform)(x);
    if (version == api_version && is_left_out(x.action))
        return sts_error{400, "InvalidAction", "The emulator does not evaluate " + x.action + "."};
    return sts_error{400, "InvalidAction",
                     "Could not find operation " + x.action + " for version " + std::string(version)};
}

outcome<> sts_emulator::authenticate(exchange& x) {
    HK_TRY(const auto claim, read_signature(x.asked, x.query));
    if (!has_region(claim.region))
        return sts_error{403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region. "};
    HK_TRY(x.caller, claim.session_token.empty() ? authenticate_user(claim) : authenticate_session(claim, x.now));
    HK_CHECK(check_date(claim, x.now));
    x.region = claim.region;
    return {};
}

bool sts_emulator::has_region(std::string_view region) const noexcept {
    return aws::is_known_region(region) || std::ranges::find(extra_regions_, region) != extra_regions_.end();
}

outcome<principal> sts_emulator::authenticate_user(const signature_claim& claim) {
    const auto scope = claim.scope_date + "/" + claim.region;
    std::string key;
    principal who;
    {
        const std::lock_guard lock(mutex_);
        const auto found = users_.find(claim.access_key);
        if (found == users_.end()) return unknown_token();
        auto& u = found->second;
        if (u.key_scope != scope) {
            u.key = signing_key(u.secret_key.expose(), claim.scope_date, claim.region);
            u.key_scope = scope;
        }
        key = u.key;
        who = u.who;
    }
    HK_CHECK(check_signature(claim, key));
    return who;
}

outcome<principal> sts_emulator::authenticate_session(const signature_claim& claim, wall_time now) {
    auto s = sealer_.open(claim.session_token);
    if (!s || s->who.access_key != claim.access_key) return unknown_token();
    HK_CHECK(check_signature(claim, signing_key(sealer_.secret_of(claim.access_key), claim.scope_date, claim.region)));
    if (now >= s->expires)
        return sts_error{403, "ExpiredToken", "The security token included in the request is expired"};
    return std::move(s->who);
}

}  // namespace hourkey::emulator
