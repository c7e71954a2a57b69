#include "emulator/sts_emulator.hpp"

#include "core/encoding.hpp"
#include "core/time_text.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"
#include "emulator/body_fault.hpp"
#include "emulator/error_fault.hpp"
#include "emulator/sts_xml.hpp"
#include "emulator/text.hpp"

#include <algorithm>
#include <array>

namespace hourkey::emulator {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view api_version = "2011-06-15";

/// IAM's alphabet for identifiers.
std::string id_from(std::string_view prefix, std::span<const unsigned char> bytes) {
    constexpr std::string_view base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string id(prefix);
    for (const auto b : bytes.first(16)) id += base32[b % base32.size()];
    return id;
}

/// The same ARN has the same unique id in every run.
std::string stable_id(std::string_view prefix, std::string_view arn) { return id_from(prefix, crypto::sha256(arn)); }

std::string new_request_id(std::span<const unsigned char, 16> random) {
    auto text = to_hex(random);
    for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, "-");
    return text;
}

sts_error unknown_token() { return {403, "InvalidClientTokenId", "The security token included in the request is invalid."}; }

sts_error access_denied(const principal& caller, const std::string& role_arn) {
    return {403, "AccessDenied", "User: " + caller.arn + " is not authorized to perform: sts:AssumeRole on resource: " + role_arn};
}

std::string session_arn(const role& r, const std::string& session_name) {
    const auto parts = split_arn(r.arn);
    std::string arn("arn:");
    arn.append(parts.partition).append(":sts::").append(parts.account).append(":assumed-role/").append(r.name()).append("/").append(session_name);
    return arn;
}

}  // namespace

struct sts_emulator::exchange {
    const request& asked;
    form query;       ///< the query string's parameters: what a signature covers
    form parameters;  ///< these and the body's
    std::string action;
    std::string request_id;
    wall_time now;  ///< the server's clock, faults included
    std::optional<fault_rule> fault_now;
    assume_role_record record;
};

sts_emulator::sts_emulator(const clock_source& clock, std::size_t history_size) : clock_(clock), history_size_(history_size) {}

void sts_emulator::put_user(std::string_view access_key, std::string_view secret_key, std::string_view arn) {
    user u;
    u.who = {std::string(access_key), std::string(arn), std::string(arn), stable_id("AIDA", arn), false};
    u.secret_key = secret(secret_key);
    const std::lock_guard lock(mutex_);
    users_.insert_or_assign(std::string(access_key), std::move(u));
}

void sts_emulator::put_role(role r) {
    const std::lock_guard lock(mutex_);
    auto arn = r.arn;
    roles_.insert_or_assign(std::move(arn), std::move(r));
}

bool sts_emulator::delete_role(const std::string& role_arn) {
    const std::lock_guard lock(mutex_);
    return roles_.erase(role_arn) != 0;
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

wall_time sts_emulator::server_now() const noexcept { return clock_.now() + std::chrono::seconds(offset_seconds_.load()); }

answer sts_emulator::answer_to(const request& r) {
    std::array<unsigned char, 16> random{};
    crypto::fill_random(random);
    exchange x{r, {}, {}, {}, new_request_id(random), server_now(), {}, {}};
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
    if (x.query.add(x.asked.query).has_error()) return sts_error{400, "MalformedQueryString", "The query string contains a syntax error."};
    x.parameters = x.query;
    if (x.parameters.add(x.asked.body).has_error()) return sts_error{400, "MalformedQueryString", "The body contains a syntax error."};
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

    HK_TRY(const auto caller, authenticate(x));
    x.record.caller = caller.arn;
    if (x.action.empty()) return sts_error{400, "MissingAction", "The request is missing an action or a required parameter."};
    const auto version = x.parameters.find("Version").value_or("NO_VERSION_SPECIFIED");
    if (version == api_version && x.action == "AssumeRole") return assume_role(x, caller);
    if (version == api_version && x.action == "GetCallerIdentity") return xml_answer(200, caller_identity_xml(caller, x.request_id), x.request_id);
    return sts_error{400, "InvalidAction", "Could not find operation " + x.action + " for version " + std::string(version)};
}

outcome<principal> sts_emulator::authenticate(const exchange& x) {
    HK_TRY(const auto claim, read_signature(x.asked, x.query));
    HK_TRY(auto who, claim.session_token.empty() ? authenticate_user(claim) : authenticate_session(claim, x.now));
    HK_CHECK(check_date(claim, x.now));
    return who;
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
    if (now >= s->expires) return sts_error{403, "ExpiredToken", "The security token included in the request is expired"};
    return std::move(s->who);
}

outcome<answer> sts_emulator::assume_role(exchange& x, const principal& caller) {
    HK_TRY(const auto in, read_assume_role(x.parameters));
    x.record.session_name = in.session_name;
    x.record.external_id = in.external_id;
    x.record.duration = in.duration;
    x.record.had_policy = !in.policy.empty() || in.policy_arns != 0;
    HK_TRY(const auto asked, trusting_role(in, caller));
    if (caller.is_session && in.duration > 1h) {
        return validation_error("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
    }
    if (in.duration > asked.max_session_duration) return validation_error("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    return issue(x, in, asked);
}

outcome<role> sts_emulator::trusting_role(const assume_role_input& in, const principal& caller) const {
    const std::lock_guard lock(mutex_);
    const auto found = roles_.find(in.role_arn);
    if (split_arn(caller.arn).resource == "root") return sts_error{403, "AccessDenied", "Roles may not be assumed by root accounts."};
    // A role that does not exist is refused in the same words.
    if (found == roles_.end() || !trusts(found->second, caller, in.external_id)) return access_denied(caller, in.role_arn);
    return found->second;
}

answer sts_emulator::issue(exchange& x, const assume_role_input& in, const role& asked) {
    const auto f = x.fault_now && describe(x.fault_now->what).stage == fault_stage::body ? std::optional(x.fault_now->what) : std::nullopt;
    std::array<unsigned char, 16> random{};
    crypto::fill_random(random);
    session s;
    const auto role_id = stable_id("AROA", asked.arn);
    s.who.access_key = id_from("ASIA", random);
    s.who.arn = session_arn(asked, in.session_name);
    s.who.principal_arn = asked.arn;
    s.who.user_id = role_id + ":" + in.session_name;
    s.expires = std::chrono::floor<std::chrono::seconds>(x.now) + (f == fault::short_expiration ? 60s : in.duration);

    assume_role_texts texts;
    texts.access_key = s.who.access_key;
    texts.secret_key = sealer_.secret_of(s.who.access_key);
    texts.token = sealer_.seal(s, f == fault::big_token ? 10'000 : 0);
    texts.expiration = to_rfc3339(s.expires);
    texts.role_id = s.who.user_id;
    texts.arn = s.who.arn;
    texts.request_id = x.request_id;
    if (!in.source_identity.empty()) texts.source_identity = in.source_identity;
    // AWS packs and compresses; the share of the plain limit is as good a figure for a test.
    if (!in.policy.empty() || in.policy_arns != 0) texts.packed_policy_size = std::to_string(std::max<std::size_t>(1, in.policy.size() * 100 / 2048));

    x.record.outcome = "ok";
    x.record.access_key = s.who.access_key;
    if (f) return spoilt_answer(*f, std::move(texts), s.expires, x.now);
    return xml_answer(200, assume_role_xml(texts), x.request_id);
}

}  // namespace hourkey::emulator
