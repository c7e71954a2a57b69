#include "auth/authenticator.hpp"

#include "core/ascii.hpp"

#include <algorithm>

namespace hourkey::auth {
namespace {

/// One answer for every reason: what differs goes to the log only.
failure unauthenticated(std::string_view why) {
    return failure(errc::unauthenticated, {},
                   "Send a valid token in the Authorization header as `Bearer hk_...`; an admin can make a new one.",
                   std::string(why));
}

bool has_bearer_scheme(std::string_view value) noexcept {
    constexpr std::string_view scheme = "bearer ";  // RFC 9110 11.1: a scheme's case does not matter
    if (value.size() < scheme.size()) return false;
    for (std::size_t i = 0; i < scheme.size(); ++i)
        if (lower(value[i]) != scheme[i]) return false;
    return true;
}

/// Without early exit, so that the compiler makes vectors of it.
bool has_separator(std::string_view text) noexcept {
    unsigned char found = 0;
    for (const char c : text) found |= static_cast<unsigned char>((c == ' ') | (c == '\t') | (c == ','));
    return found != 0;
}

}  // namespace

result<std::string_view> find_credential(std::optional<std::string_view> authorization,
                                         std::optional<std::string_view> vault_token) {
    std::string_view found;
    if (authorization) {
        found = *authorization;
        if (has_bearer_scheme(found))
            found.remove_prefix(std::min(found.find_first_not_of(' ', 7), found.size()));  // RFC 9110 11.4: 1*SP
        if (found.empty() || has_separator(found)) return unauthenticated("Authorization holds no bearer token");
    }
    if (vault_token) {
        if (vault_token->empty()) return unauthenticated("X-Vault-Token is empty");
        if (authorization && !crypto::equal_in_constant_time(found, *vault_token))
            return unauthenticated("Authorization and X-Vault-Token differ");
        found = *vault_token;
    }
    if (found.empty()) return unauthenticated("no token was sent");
    return found;
}

crypto::sha256_digest print_of(const presented_token& t) { return crypto::sha256(t.secret); }

authenticator::authenticator(std::shared_ptr<const crypto::mac_keys> token_keys) : keys_(std::move(token_keys)) {}

authenticator::named_mac authenticator::mac(std::string_view token) const {
    const auto key = keys_.active();
    return {.key = key, .mac = keys_.find(key)->sign(token)};
}

result<presented_token> authenticator::present(std::string_view token) {
    const auto parts = parse_token(token);
    if (!parts) return unauthenticated(parts.error().cause);
    return presented_token{.id = parts->id, .role = parts->role, .text = token, .secret = parts->secret};
}

bool authenticator::has_right_secret(const presented_token& given, const std::optional<model::token>& stored,
                                     std::string_view print) const {
    static constexpr token_mac nobody{};
    const auto* const own = stored ? keys_.find(stored->key) : nullptr;
    if (own != nullptr && !print.empty() && crypto::equal_in_constant_time(print, crypto::as_text(print_of(given))))
        return true;
    const auto mac = own != nullptr ? own->sign(given.text) : keys_.find(keys_.active())->sign(given.text);
    return crypto::equal_in_constant_time(crypto::as_text(mac), crypto::as_text(stored ? stored->mac : nobody)) &&
           own != nullptr;
}

authenticator::outcome authenticator::check(const presented_token& given, const std::optional<model::token>& stored,
                                            wall_time now, std::string_view print) const {
    const auto refuse = [](failure f) { return outcome{.caller = std::move(f)}; };
    const bool matches = has_right_secret(given, stored, print);
    if (!stored) return refuse(unauthenticated("no token has this id"));
    if (!matches) return refuse(unauthenticated("the token's secret is wrong"));
    if (stored->role != given.role) return refuse(unauthenticated("the stored role is not the token's"));
    if (auto good = check_token(*stored, now); !good) return {.caller = std::move(good).error(), .is_known = true};
    const bool is_stale = !stored->last_used_at || now - *stored->last_used_at >= last_used_grain;
    return {.caller = model::principal_of(*stored), .is_known = true, .wants_touch = is_stale};
}

result<> check_token(const model::token& t, wall_time now) {
    if (t.revoked_at) return unauthenticated("the token is revoked");
    if (now >= t.expires_at) return unauthenticated("the token has expired");
    return {};
}

}  // namespace hourkey::auth
