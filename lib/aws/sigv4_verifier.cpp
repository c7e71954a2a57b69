#include "aws/sigv4_verifier.hpp"

#include "core/ascii.hpp"
#include "core/encoding.hpp"
#include "core/time_text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace hourkey::aws {
namespace {

/// How much of a hostile header is looked at.
constexpr std::size_t longest_authorization = 4096;

struct authorization {
    std::string_view access_key_id, date, region, service, signed_headers, signature;
};

bool is_hex_signature(std::string_view text) {
    return text.size() == 64 &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// `AKID/YYYYMMDD/region/service/aws4_request`
bool read_credential(std::string_view text, authorization& into) {
    std::array<std::string_view, 5> parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto slash = text.find('/');
        if ((slash == std::string_view::npos) != (i + 1 == parts.size())) return false;
        parts[i] = text.substr(0, slash);
        if (parts[i].empty()) return false;
        text.remove_prefix(std::min(text.size(), slash) + (slash == std::string_view::npos ? 0 : 1));
    }
    if (parts[1].size() != 8 || parts[4] != "aws4_request") return false;
    into.access_key_id = parts[0];
    into.date = parts[1];
    into.region = parts[2];
    into.service = parts[3];
    return true;
}

/// What follows the algorithm: three parameters, each once, in any order. A string tells what is wrong.
std::optional<std::string> read_parameters(std::string_view text, authorization& into) {
    std::string_view credential;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto piece = trimmed(text.substr(0, comma));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
        const auto equals = piece.find('=');
        const auto name = piece.substr(0, equals);
        auto* slot = name == "Credential"      ? &credential
                     : name == "SignedHeaders" ? &into.signed_headers
                     : name == "Signature"     ? &into.signature
                                               : nullptr;
        if (slot == nullptr || equals == std::string_view::npos || !slot->empty())
            return "Authorization header has a malformed parameter.";
        *slot = piece.substr(equals + 1);
    }
    if (credential.empty()) return "Authorization header requires 'Credential' parameter.";
    if (into.signature.empty()) return "Authorization header requires 'Signature' parameter.";
    if (into.signed_headers.empty()) return "Authorization header requires 'SignedHeaders' parameter.";
    if (!read_credential(credential, into))
        return "Credential must have the form <key id>/<YYYYMMDD>/<region>/<service>/aws4_request.";
    if (!is_hex_signature(into.signature)) return "Signature must be 64 lower-case hex digits.";
    return std::nullopt;
}

/// The header's only value; nullopt when it is absent or not alone.
std::optional<std::string_view> only(std::span<const header_view> headers, std::string_view lower_name) {
    std::optional<std::string_view> found;
    for (const auto& [name, value] : headers) {
        if (lower_case(name) != lower_name) continue;
        if (found) return std::nullopt;
        found = trimmed(value);
    }
    return found;
}

struct signed_selection {
    std::vector<header_view> fields;
    bool host = false, amz_date = false;
};

/// The received fields that SignedHeaders names; nullopt when one of them did not arrive or the list is not sorted and
/// lower case.
std::optional<signed_selection> select(std::span<const header_view> headers, std::string_view names) {
    signed_selection out;
    std::string_view last;
    for (bool more = true; more;) {
        const auto semicolon = names.find(';');
        const auto name = names.substr(0, semicolon);
        more = semicolon != std::string_view::npos;
        if (more) names.remove_prefix(semicolon + 1);
        if (name <= last || lower_case(name) != name) return std::nullopt;
        last = name;
        const auto before = out.fields.size();
        for (const auto& field : headers)
            if (lower_case(field.first) == name) out.fields.push_back(field);
        if (out.fields.size() == before) return std::nullopt;
        out.host |= name == "host";
        out.amz_date |= name == "x-amz-date";
    }
    return out;
}

/// AWS requires every x-amz-* field that is sent to be signed, or a proxy could slip one in.
bool signs_all_amz_fields(std::span<const header_view> received, const signed_selection& selected) {
    return std::ranges::all_of(received, [&](const header_view& field) {
        const auto name = lower_case(field.first);
        return !name.starts_with("x-amz-") ||
               std::ranges::any_of(selected.fields, [&](const header_view& f) { return lower_case(f.first) == name; });
    });
}

std::string window_message(std::string_view what, std::string_view date, std::string_view relation, wall_time limit,
                           wall_time now, std::string_view sign) {
    std::string out(what);
    out.append(": ").append(date).append(" is ").append(relation).append(" ").append(to_amz_date(limit));
    return out.append(" (").append(to_amz_date(now)).append(" ").append(sign).append(" 15 min.)");
}

}  // namespace

signature_error describe(signature_outcome outcome) noexcept {
    switch (outcome) {
        case signature_outcome::valid: return {"", 200};
        case signature_outcome::missing_authentication: return {"MissingAuthenticationToken", 403};
        case signature_outcome::incomplete: return {"IncompleteSignature", 400};
        case signature_outcome::unknown_key: return {"InvalidClientTokenId", 403};
        case signature_outcome::mismatch:
        case signature_outcome::expired:
        case signature_outcome::not_yet_current: return {"SignatureDoesNotMatch", 403};
        case signature_outcome::expired_credentials: return {"ExpiredToken", 403};
    }
    return {"InternalFailure", 500};
}

verification verify_signature(const received_request& request, const expected_scope& scope, const key_lookup& find_key,
                              wall_time now) {
    verification out;
    const auto refuse = [&out](signature_outcome outcome, std::string message) {
        out.outcome = outcome;
        out.message = std::move(message);
        return std::move(out);
    };
    using enum signature_outcome;

    const auto header = only(request.headers, "authorization");
    if (!header || !header->starts_with(sigv4_algorithm))
        return refuse(missing_authentication, "Request is missing Authentication Token");
    if (header->size() > longest_authorization) return refuse(incomplete, "Authorization header is too long.");
    authorization claim;
    const auto parameters = header->substr(sigv4_algorithm.size());
    if (!parameters.starts_with(' ')) return refuse(incomplete, "Authorization header has a malformed algorithm.");
    if (auto wrong = read_parameters(trimmed(parameters), claim)) return refuse(incomplete, *std::move(wrong));
    out.access_key_id = claim.access_key_id;
    out.region = claim.region;

    const auto selected = select(request.headers, claim.signed_headers);
    if (!selected)
        return refuse(incomplete, "SignedHeaders must be sorted, in lower case, and name only fields of the request.");
    if (!selected->host || !only(request.headers, "host"))
        return refuse(incomplete, "'Host' must be a 'SignedHeader' in the AWS Authorization.");
    const auto date = only(request.headers, "x-amz-date");
    if (!selected->amz_date || !date)
        return refuse(incomplete, "'X-Amz-Date' must be sent once and be a 'SignedHeader' in the AWS Authorization.");
    const auto at = parse_amz_date(*date);
    if (!at) return refuse(incomplete, "X-Amz-Date must be in ISO-8601 'basic format': YYYYMMDD'T'HHMMSS'Z'.");

    const auto* key = find_key(claim.access_key_id);
    if (key == nullptr) return refuse(unknown_key, "The security token included in the request is invalid.");
    if (claim.date != date->substr(0, 8))
        return refuse(mismatch, "Date in Credential scope does not match YYYYMMDD from X-Amz-Date.");
    if (claim.service != scope.service)
        return refuse(mismatch,
                      "Credential should be scoped to correct service: '" + std::string(scope.service) + "'.");
    if (!scope.region.empty() && claim.region != scope.region)
        return refuse(mismatch, "Credential should be scoped to a valid region, not '" + out.region + "'.");
    if (!signs_all_amz_fields(request.headers, *selected))
        return refuse(mismatch, "Every X-Amz field of the request must be a 'SignedHeader'.");
    if (*at < now - signature_window)
        return refuse(expired,
                      window_message("Signature expired", *date, "now earlier than", now - signature_window, now, "-"));
    if (*at > now + signature_window)
        return refuse(not_yet_current, window_message("Signature not yet current", *date, "still later than",
                                                      now + signature_window, now, "+"));

    const auto mark = request.target.find('?');
    const auto path = canonical_path(request.target.substr(0, mark), path_style::normalized);
    const auto query =
        canonical_query(mark == std::string_view::npos ? std::string_view{} : request.target.substr(mark + 1));
    const auto headers = canonical_headers(selected->fields);
    const auto payload = to_hex(crypto::sha256(request.body));
    const auto canonical = canonical_request({request.method, path, query, headers, payload});
    const auto text = string_to_sign(*date, credential_scope(claim.date, claim.region, claim.service), canonical);
    const auto signing_key = derive_signing_key(key->secret_access_key, claim.date, claim.region, claim.service);
    const auto signature = to_hex(crypto::hmac_sha256(signing_key.expose(), text));
    if (!crypto::equal_in_constant_time(signature, claim.signature))
        return refuse(mismatch,
                      "The request signature we calculated does not match the signature you provided. Check your AWS "
                      "Secret Access Key and signing method.");

    const auto token = only(request.headers, "x-amz-security-token");
    if (!crypto::equal_in_constant_time(token.value_or(std::string_view{}), key->session_token.expose()))
        return refuse(unknown_key, "The security token included in the request is invalid.");
    if (key->expiration && *key->expiration <= now)
        return refuse(expired_credentials, "The security token included in the request is expired");
    return out;
}

}  // namespace hourkey::aws
