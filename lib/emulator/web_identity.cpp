#include "emulator/web_identity.hpp"

#include "emulator/arn_text.hpp"
#include "emulator/text.hpp"
#include "json/reader.hpp"

#include <limits>

namespace hourkey::emulator {
namespace {

constexpr text_rule token_rule{4, 20000, {}, nullptr};
constexpr text_rule provider_rule{4, 2048, {}, nullptr};
constexpr std::chrono::hours longest{12};
constexpr std::string_view scheme = "https://";

sts_error invalid_token(std::string message) { return {400, "InvalidIdentityToken", std::move(message)}; }
sts_error no_token() {
    return invalid_token(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
}

/// RFC 7515 2: base64 of the URL's alphabet without padding.
std::optional<std::string> from_base64url(std::string_view text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (text.empty() || text.size() % 4 == 1) return std::nullopt;
    std::string out;
    unsigned held = 0, bits = 0;
    for (const char c : text) {
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        held = (held << 6U) | static_cast<unsigned>(value);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out += static_cast<char>((held >> bits) & 0xFFU);
    }
    return out;
}

std::optional<json::document> json_part(std::string_view part) {
    const auto text = from_base64url(part);
    if (!text) return std::nullopt;
    auto parsed = json::parse(*text);
    return parsed ? std::optional(*std::move(parsed)) : std::nullopt;
}

sts_error missing_claim(std::string_view name) {
    return invalid_token("Missing a required claim: " + std::string(name));
}

}  // namespace

outcome<web_identity_input> read_web_identity(const form& parameters) {
    web_identity_input in;
    violations found;
    read_role(parameters, found, in.role_arn, in.session_name);
    const auto token = parameters.find("WebIdentityToken");
    found.check_required("webIdentityToken", token, token_rule);
    const auto provider = parameters.find("ProviderId");
    if (provider) found.check("providerId", *provider, provider_rule);
    in.policies = read_policies(parameters, found);
    in.duration = read_duration(parameters, found, std::chrono::hours(1), longest);
    HK_CHECK(found.raise());
    HK_CHECK(check_role_arn(in.role_arn));
    if (provider)
        return validation_error(
            "ProviderId is for OAuth 2.0 access tokens, which the emulator does not evaluate: send an OpenID Connect "
            "ID token without it");
    HK_CHECK(check_policies(in.policies, split_arn(in.role_arn)));
    HK_TRY(in.packed_percent, packed_size(in.policies, {}));
    in.token = *token;
    return in;
}

outcome<web_identity> read_identity_token(std::string_view token, wall_time now) {
    const auto header = json_part(take_until(token, '.'));
    const auto claims = json_part(take_until(token, '.'));
    if (!header || !claims || !from_base64url(token)) return no_token();
    auto fields = claims->root();
    const auto issuer = fields.optional_string("iss"), subject = fields.optional_string("sub");
    const auto audience = fields.optional_texts("aud"), methods = fields.optional_texts("amr");
    const auto expires = fields.optional_integer("exp", 0, std::numeric_limits<std::int32_t>::max());
    if (!issuer || !*issuer || !(*issuer)->starts_with(scheme)) return missing_claim("iss");
    if (!subject || !*subject) return missing_claim("sub");
    if (!audience || !*audience || (*audience)->empty()) return missing_claim("aud");
    if (!expires || !*expires) return missing_claim("exp");
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    if (**expires <= seconds)
        return sts_error{400, "ExpiredTokenException",
                         "Token expired: current date/time " + std::to_string(seconds) +
                             " must be before the expiration date/time " + std::to_string(**expires)};
    web_identity who;
    who.issuer = (*issuer)->substr(scheme.size());
    who.subject = **subject;
    who.audience = (*audience)->front();
    if (methods && *methods) who.methods = **methods;
    return who;
}

}  // namespace hourkey::emulator
