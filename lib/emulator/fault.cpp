#include "emulator/fault.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace hourkey::emulator {
namespace {

using enum fault_stage;

constexpr std::array rows{
    fault_row{fault::access_denied, "access_denied", error, "403 AccessDenied"},
    fault_row{fault::signature_mismatch, "signature_mismatch", error, "403 SignatureDoesNotMatch"},
    fault_row{fault::opt_in_required, "opt_in_required", error, "403 OptInRequired"},
    fault_row{fault::region_disabled, "region_disabled", error, "403 RegionDisabledException"},
    fault_row{fault::malformed_policy, "malformed_policy", error, "400 MalformedPolicyDocument"},
    fault_row{fault::packed_policy, "packed_policy", error, "400 PackedPolicyTooLarge"},
    fault_row{fault::validation, "validation", error, "400 ValidationError"},
    fault_row{fault::request_expired, "request_expired", error, "400 RequestExpired"},
    fault_row{fault::unknown_code, "unknown_code", error,
              "418 with a code that nobody knows and markup in its message"},
    fault_row{fault::redirect, "redirect", error, "307 to another host"},
    fault_row{fault::expired_token, "expired_token", error, "403 ExpiredToken"},
    fault_row{fault::expired_token_exception, "expired_token_exception", error, "400 ExpiredTokenException"},
    fault_row{fault::invalid_client_token, "invalid_client_token", error, "403 InvalidClientTokenId"},
    fault_row{fault::errors_wrapper, "errors_wrapper", error, "403 InvalidClientTokenId in moto's shape, as text/html"},
    fault_row{fault::throttling, "throttling", error, "400 Throttling"},
    fault_row{fault::throttling_exception, "throttling_exception", error, "400 ThrottlingException"},
    fault_row{fault::request_limit, "request_limit", error, "503 RequestLimitExceeded"},
    fault_row{fault::too_many, "too_many", error, "429 TooManyRequestsException"},
    fault_row{fault::idp_communication, "idp_communication", error, "400 IDPCommunicationError"},
    fault_row{fault::request_timeout, "request_timeout", error, "400 RequestTimeout"},
    fault_row{fault::internal, "internal", error, "500 InternalFailure"},
    fault_row{fault::unavailable, "unavailable", error, "503 ServiceUnavailable"},
    fault_row{fault::retry_after, "retry_after", error, "503 ServiceUnavailable with x-amz-retry-after of DelayMs"},
    fault_row{fault::bad_gateway, "bad_gateway", error, "502 with a proxy's HTML page"},
    fault_row{fault::gateway_timeout, "gateway_timeout", error, "504 without a body"},
    fault_row{fault::proxy_forbidden, "proxy_forbidden", error, "403 with a proxy's HTML page"},
    fault_row{fault::proxy_login, "proxy_login", error, "407 with a proxy's HTML page"},
    fault_row{fault::clock_skew, "clock_skew", clock, "the server's clock is 1 h ahead, and Date says so"},
    fault_row{fault::clock_skew_no_date, "clock_skew_no_date", clock, "1 h ahead, without Date"},
    fault_row{fault::clock_skew_age, "clock_skew_age", clock, "1 h ahead, with Age"},
    fault_row{fault::conn_reset, "conn_reset", accept, "RST right after accept"},
    fault_row{fault::conn_fin, "conn_fin", accept, "FIN right after accept"},
    fault_row{fault::conn_stall, "conn_stall", accept, "never a TLS handshake, nor a byte"},
    fault_row{fault::slow, "slow", transport, "answers after DelayMs, or when the faults are cleared"},
    fault_row{fault::drip, "drip", transport, "sends byte by byte, spread over DelayMs"},
    fault_row{fault::chunked, "chunked", transport, "Transfer-Encoding: chunked"},
    fault_row{fault::chunked_trailer, "chunked_trailer", transport, "chunked with extensions and trailers"},
    fault_row{fault::continue100, "continue100", transport, "100 Continue before the answer"},
    fault_row{fault::early_hints, "early_hints", transport, "103 Early Hints before the answer"},
    fault_row{fault::hang, "hang", transport, "never answers"},
    fault_row{fault::reset, "reset", transport, "RST instead of an answer"},
    fault_row{fault::close, "close", transport, "FIN instead of an answer"},
    fault_row{fault::truncate, "truncate", transport, "full Content-Length, half the body, FIN"},
    fault_row{fault::truncate_rst, "truncate_rst", transport, "full Content-Length, half the body, RST"},
    fault_row{fault::truncate_head, "truncate_head", transport, "FIN inside the headers"},
    fault_row{fault::truncate_chunked, "truncate_chunked", transport, "chunked, FIN before the last chunk"},
    fault_row{fault::close_after, "close_after", transport, "a good keep-alive answer, then the connection closes"},
    fault_row{fault::conn_close, "conn_close", transport, "a good answer with Connection: close"},
    fault_row{fault::http10, "http10", transport, "HTTP/1.0 without a length; the close ends the body"},
    fault_row{fault::no_content_length, "no_content_length", transport,
              "HTTP/1.1 without a length; the close ends the body"},
    fault_row{fault::extra_bytes, "extra_bytes", transport, "a second, poisoned answer behind the good one"},
    fault_row{fault::two_length, "two_length", transport, "two different Content-Length fields"},
    fault_row{fault::neg_length, "neg_length", transport, "Content-Length: -1"},
    fault_row{fault::huge_length, "huge_length", transport, "Content-Length: 1000000000000"},
    fault_row{fault::huge, "huge", transport, "a body of 64 MiB"},
    fault_row{fault::huge_headers, "huge_headers", transport, "a header field of 1 MiB"},
    fault_row{fault::many_headers, "many_headers", transport, "5000 header fields"},
    fault_row{fault::bad_status, "bad_status", transport, "a status line that is none"},
    fault_row{fault::gzip, "gzip", transport, "a gzip body that nobody asked for"},
    fault_row{fault::wrong_content_type, "wrong_content_type", body, "good XML as text/plain"},
    fault_row{fault::no_content_type, "no_content_type", body, "good XML without Content-Type"},
    fault_row{fault::fraction_expiration, "fraction_expiration", body, "Expiration with milliseconds"},
    fault_row{fault::offset_expiration, "offset_expiration", body, "Expiration with the offset +02:00"},
    fault_row{fault::short_expiration, "short_expiration", body, "credentials that truly end in 60 s"},
    fault_row{fault::brief_expiration, "brief_expiration", body, "credentials that truly end in 6 s"},
    fault_row{fault::prefix, "prefix", body, "namespace prefixes"},
    fault_row{fault::cdata, "cdata", body, "values in CDATA sections"},
    fault_row{fault::entities, "entities", body, "values in character references"},
    fault_row{fault::pretty, "pretty", body, "a declaration, a processing instruction, comments and white space"},
    fault_row{fault::bom, "bom", body, "a UTF-8 byte order mark"},
    fault_row{fault::big_token, "big_token", body, "a session token of 10,000 characters"},
    fault_row{fault::extra_elements, "extra_elements", body, "unknown elements with decoy keys"},
    fault_row{fault::garbage, "garbage", body, "random bytes"},
    fault_row{fault::empty, "empty", body, "nothing"},
    fault_row{fault::html, "html", body, "a captive portal's page"},
    fault_row{fault::json, "json", body, "a JSON document"},
    fault_row{fault::wrong_root, "wrong_root", body, "a GetCallerIdentityResponse around the result"},
    fault_row{fault::outside, "outside", body, "Credentials outside AssumeRoleResult"},
    fault_row{fault::missing_token, "missing_token", body, "no SessionToken"},
    fault_row{fault::missing_key, "missing_key", body, "no AccessKeyId"},
    fault_row{fault::missing_secret, "missing_secret", body, "no SecretAccessKey"},
    fault_row{fault::missing_expiration, "missing_expiration", body, "no Expiration"},
    fault_row{fault::empty_token, "empty_token", body, "an empty SessionToken"},
    fault_row{fault::bad_expiration, "bad_expiration", body, "Expiration 'tomorrow'"},
    fault_row{fault::past_expiration, "past_expiration", body, "Expiration one hour ago"},
    fault_row{fault::far_expiration, "far_expiration", body, "Expiration in the year 9999"},
    fault_row{fault::unclosed, "unclosed", body, "XML cut off, under its right Content-Length"},
    fault_row{fault::dtd_bomb, "dtd_bomb", body, "an entity bomb as SessionToken"},
    fault_row{fault::xxe, "xxe", body, "an external entity as SessionToken"},
    fault_row{fault::deep, "deep", body, "100,000 nested elements"},
    fault_row{fault::duplicate, "duplicate", body, "two Credentials elements"},
    fault_row{fault::crlf_token, "crlf_token", body, "CR LF references inside the token"},
    fault_row{fault::nul_token, "nul_token", body, "a NUL byte inside the token"},
    fault_row{fault::invalid_utf8, "invalid_utf8", body, "bytes in the ARN that are no UTF-8"},
};

/// Each fault stands at its own number, so that describe() needs no search.
consteval bool is_complete() {
    if (rows.size() != static_cast<std::size_t>(fault::last_) + 1) return false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<std::size_t>(rows[i].id) != i) return false;
    }
    return true;
}
static_assert(is_complete());

}  // namespace

std::span<const fault_row> all_faults() noexcept { return rows; }

const fault_row& describe(fault f) noexcept { return rows[static_cast<std::size_t>(f)]; }

std::optional<fault> fault_from_name(std::string_view name) noexcept {
    const auto found = std::ranges::find(rows, name, &fault_row::name);
    if (found == rows.end()) return std::nullopt;
    return found->id;
}

}  // namespace hourkey::emulator
