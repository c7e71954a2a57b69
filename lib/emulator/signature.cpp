#include "emulator/signature.hpp"

#include "core/encoding.hpp"
#include "core/time_text.hpp"
#include "crypto/hash.hpp"
#include "emulator/text.hpp"

#include <algorithm>
#include <vector>

namespace hourkey::emulator {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

sts_error incomplete(std::string message) { return {400, "IncompleteSignature", std::move(message)}; }
sts_error mismatch(std::string message) { return {403, "SignatureDoesNotMatch", std::move(message)}; }

/// The signature's own words, before they are checked.
struct raw_signature {
    std::string_view credential, signed_headers, signature, date, token;
    bool in_query = false;
};

outcome<raw_signature> from_header(const request& r, std::string_view authorization) {
    raw_signature raw;
    if (!authorization.starts_with(algorithm))
        return incomplete("Unsupported AWS 'algorithm': the Authorization header must start with AWS4-HMAC-SHA256.");
    auto rest = authorization.substr(algorithm.size());
    while (!rest.empty()) {
        auto value = trimmed(take_until(rest, ','));
        const auto name = take_until(value, '=');
        if (name == "Credential") raw.credential = value;
        if (name == "SignedHeaders") raw.signed_headers = value;
        if (name == "Signature") raw.signature = value;
    }
    if (raw.credential.empty()) return incomplete("Authorization header requires 'Credential' parameter.");
    if (raw.signed_headers.empty()) return incomplete("Authorization header requires 'SignedHeaders' parameter.");
    if (raw.signature.empty()) return incomplete("Authorization header requires 'Signature' parameter.");
    raw.date = r.find("x-amz-date").value_or("");
    if (raw.date.empty()) return incomplete("Authorization header requires existence of an 'X-Amz-Date' header.");
    raw.token = r.find("x-amz-security-token").value_or("");
    return raw;
}

outcome<raw_signature> from_query(const form& parameters) {
    raw_signature raw;
    raw.in_query = true;
    if (parameters.find("X-Amz-Algorithm") != algorithm)
        return incomplete("AWS query-string parameters must include 'X-Amz-Algorithm'.");
    raw.credential = parameters.find("X-Amz-Credential").value_or("");
    raw.signed_headers = parameters.find("X-Amz-SignedHeaders").value_or("");
    raw.signature = parameters.find("X-Amz-Signature").value_or("");
    raw.date = parameters.find("X-Amz-Date").value_or("");
    raw.token = parameters.find("X-Amz-Security-Token").value_or("");
    if (raw.credential.empty()) return incomplete("AWS query-string parameters must include 'X-Amz-Credential'.");
    if (raw.signed_headers.empty())
        return incomplete("AWS query-string parameters must include 'X-Amz-SignedHeaders'.");
    if (raw.date.empty()) return incomplete("AWS query-string parameters must include 'X-Amz-Date'.");
    return raw;
}

/// Value with its ends trimmed and inner runs of blanks collapsed.
void append_header_value(std::string& out, std::string_view value) {
    bool blank = false;
    for (const char c : trimmed(value)) {
        const bool is_blank = c == ' ' || c == '\t';
        if (!is_blank) out += c;
        if (is_blank && !blank) out += ' ';
        blank = is_blank;
    }
}

void append_query(std::string& out, const form& parameters) {
    std::vector<std::string> pairs;
    for (const auto& [name, value] : parameters.fields()) {
        if (name == "X-Amz-Signature") continue;
        std::string pair;
        append_percent_encoded(pair, name);
        pair += '=';
        append_percent_encoded(pair, value);
        pairs.push_back(std::move(pair));
    }
    // By name, then value: '=' sorts above '-' and '.', so whole pairs compare wrongly when one name begins another.
    std::ranges::sort(pairs, {}, [](std::string_view pair) { return std::pair(pair.substr(0, pair.find('=')), pair); });
    for (const auto& pair : pairs) {
        if (&pair != &pairs.front()) out += '&';
        out += pair;
    }
}

outcome<> append_headers(std::string& out, const request& r, std::string_view names) {
    std::string_view before;
    for (auto rest = names; !rest.empty();) {
        const auto name = take_until(rest, ';');
        if (name <= before) return mismatch("SignedHeaders must be sorted and in lower case.");
        before = name;
        out += name;
        out += ':';
        bool found = false;
        for (const auto& [field, value] : r.headers) {
            if (!equal_without_case(field, name)) continue;
            if (found) out += ',';
            append_header_value(out, value);
            found = true;
        }
        if (!found) return incomplete("The signed header '" + std::string(name) + "' is not in the request.");
        out += '\n';
    }
    return {};
}

bool lists(std::string_view signed_headers, std::string_view name) noexcept {
    while (!signed_headers.empty()) {
        if (take_until(signed_headers, ';') == name) return true;
    }
    return false;
}

/// host and every x-amz- header must be signed.
outcome<> check_coverage(const request& r, std::string_view signed_headers) {
    if (!lists(signed_headers, "host")) return mismatch("'Host' must be a 'SignedHeader' in the AWS Authorization.");
    for (const auto& [name, value] : r.headers) {
        if (name.size() < 6 || !equal_without_case(name.substr(0, 6), "x-amz-")) continue;
        const auto known_as = lowered(name);
        if (!lists(signed_headers, known_as))
            return mismatch("'" + known_as + "' must be a 'SignedHeader' in the AWS Authorization.");
    }
    return {};
}

outcome<signature_claim> read_scope(const raw_signature& raw) {
    auto rest = raw.credential;
    signature_claim claim;
    claim.access_key = take_until(rest, '/');
    claim.scope_date = take_until(rest, '/');
    claim.region = take_until(rest, '/');
    const auto service = take_until(rest, '/');
    if (claim.access_key.empty() || rest.empty()) {
        return incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.");
    }
    if (service != "sts") return mismatch("Credential should be scoped to correct service: 'sts'.");
    if (rest != "aws4_request") return mismatch("Credential should be scoped with a valid terminator: 'aws4_request'.");
    if (claim.region.empty()) return mismatch("Credential should be scoped to a valid region.");
    if (claim.scope_date != raw.date.substr(0, 8)) {
        return mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.");
    }
    claim.amz_date = raw.date;
    claim.session_token = raw.token;
    claim.signature = raw.signature;
    return claim;
}

}  // namespace

outcome<signature_claim> read_signature(const request& r, const form& parameters) {
    const auto authorization = r.find("authorization");
    if (!authorization && !parameters.find("X-Amz-Signature"))
        return sts_error{403, "MissingAuthenticationToken", "Request is missing Authentication Token"};
    HK_TRY(const auto raw, authorization ? from_header(r, *authorization) : from_query(parameters));
    HK_TRY(auto claim, read_scope(raw));
    HK_CHECK(check_coverage(r, raw.signed_headers));

    std::string canonical(r.method);
    canonical += '\n';
    canonical += r.path;
    canonical += '\n';
    append_query(canonical, parameters);
    canonical += '\n';
    HK_CHECK(append_headers(canonical, r, raw.signed_headers));
    canonical += '\n';
    canonical += raw.signed_headers;
    canonical += '\n';
    append_hex(canonical, crypto::sha256(r.body));

    auto& text = claim.string_to_sign;
    text = algorithm;
    text += '\n';
    text += claim.amz_date;
    text += '\n';
    text.append(claim.scope_date).append("/").append(claim.region).append("/sts/aws4_request\n");
    append_hex(text, crypto::sha256(canonical));
    return claim;
}

outcome<> check_date(const signature_claim& claim, wall_time now) {
    constexpr auto window = 15min;
    const auto signed_at = parse_amz_date(claim.amz_date);
    if (!signed_at) return incomplete("Date must be in ISO-8601 'basic format'. Got '" + claim.amz_date + "'.");
    const auto is_now = to_amz_date(now);
    if (*signed_at < now - window) {
        return mismatch("Signature expired: " + claim.amz_date + " is now earlier than " + to_amz_date(now - window) +
                        " (" + is_now + " - 15 min.)");
    }
    if (*signed_at > now + window) {
        return mismatch("Signature not yet current: " + claim.amz_date + " is still later than " +
                        to_amz_date(now + window) + " (" + is_now + " + 15 min.)");
    }
    return {};
}

std::string signing_key(std::string_view secret, std::string_view scope_date, std::string_view region) {
    using crypto::as_text;
    using crypto::hmac_sha256;
    const auto day = hmac_sha256("AWS4" + std::string(secret), scope_date);
    const auto place = hmac_sha256(as_text(day), region);
    const auto service = hmac_sha256(as_text(place), "sts");
    const auto key = hmac_sha256(as_text(service), "aws4_request");
    return std::string(as_text(key));
}

outcome<> check_signature(const signature_claim& claim, std::string_view key) {
    const auto right = to_hex(crypto::hmac_sha256(key, claim.string_to_sign));
    if (crypto::equal_in_constant_time(right, claim.signature)) return {};
    return mismatch(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. "
        "Consult the service documentation for details.");
}

}  // namespace hourkey::emulator
