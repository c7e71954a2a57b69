#include "core/failure.hpp"

#include <array>
#include <stdexcept>

namespace hourkey {
namespace {

using enum outcome_class;

constexpr std::array rows{
    errc_row{errc::invalid_request, "invalid_request", 400, false, usage, "The request is not valid."},
    errc_row{errc::duration_out_of_range, "duration_out_of_range", 400, false, usage,
             "duration_seconds is out of range."},
    errc_row{errc::unauthenticated, "unauthenticated", 401, false, denied, "The request carries no valid token."},
    errc_row{errc::app_not_allowed, "app_not_allowed", 403, false, denied,
             "This app may not use this connection, or there is no such connection."},
    errc_row{errc::role_not_allowed, "role_not_allowed", 403, false, denied, "This token's role may not do this."},
    errc_row{errc::not_found, "not_found", 404, false, not_found, "There is no such resource."},
    errc_row{errc::method_not_allowed, "method_not_allowed", 405, false, usage,
             "This resource does not answer this method."},
    errc_row{errc::request_timeout, "request_timeout", 408, true, error, "The request did not arrive in time."},
    errc_row{errc::already_exists, "already_exists", 409, false, denied, "A resource of this name exists already."},
    errc_row{errc::in_use, "in_use", 409, false, denied, "The resource is still in use."},
    errc_row{errc::connection_not_ready, "connection_not_ready", 409, false, denied, "The connection is not active."},
    errc_row{errc::min_ttl_unmet, "min_ttl_unmet", 409, false, denied,
             "The credentials would live shorter than min_ttl_seconds."},
    errc_row{errc::length_required, "length_required", 411, false, usage,
             "Send the body with Content-Length; Transfer-Encoding is not accepted."},
    errc_row{errc::revision_mismatch, "revision_mismatch", 412, false, denied,
             "The resource is not as If-Match or If-None-Match says."},
    errc_row{errc::payload_too_large, "payload_too_large", 413, false, usage, "The body is too large."},
    errc_row{errc::target_too_long, "target_too_long", 414, false, usage, "The request target is too long."},
    errc_row{errc::headers_too_large, "headers_too_large", 431, false, usage,
             "The request's header block is too large."},
    errc_row{errc::rate_limited, "rate_limited", 429, true, error, "Too many requests."},
    errc_row{errc::too_many_connections, "too_many_connections", 503, true, error,
             "The server has too many connections."},
    errc_row{errc::shutting_down, "shutting_down", 503, true, error, "The server is shutting down."},
    errc_row{errc::trust_refused, "trust_refused", 422, false, error, "AWS refused to let hourkey assume the role."},
    errc_row{errc::sts_throttled, "sts_throttled", 429, true, error, "AWS STS is throttling requests."},
    errc_row{errc::sts_rejected, "sts_rejected", 502, false, error, "AWS STS refused the request."},
    errc_row{errc::sts_invalid_answer, "sts_rejected", 502, false, error,
             "AWS STS answered with something that is not a credential."},
    errc_row{errc::sts_unavailable, "sts_unavailable", 503, true, error, "AWS STS could not be reached."},
    errc_row{errc::sts_timeout, "sts_timeout", 504, true, error, "AWS STS did not answer in time."},
    errc_row{errc::base_credentials_unavailable, "base_credentials_unavailable", 503, true, error,
             "hourkey has no valid AWS credentials of its own."},
    errc_row{errc::audit_unavailable, "audit_unavailable", 503, true, error,
             "The audit record could not be committed, so no credentials were handed out."},
    errc_row{errc::store_unavailable, "store_unavailable", 503, true, error, "The store is not available."},
    errc_row{errc::outcome_unknown, "outcome_unknown", 503, false, error,
             "The store failed while it wrote; what was sent may have been stored."},
    errc_row{errc::store_corrupt, "store_unavailable", 503, false, error, "The store is damaged."},
    errc_row{errc::broken_seal, "broken_seal", 500, false, error, "A row of the store was not written by this server."},
    errc_row{errc::schema_too_new, "store_unavailable", 503, false, error,
             "The database was written by a newer hourkey."},
    errc_row{errc::wrong_server_key, "store_unavailable", 503, false, error,
             "The server key does not belong to this database."},
    errc_row{errc::invalid_configuration, "invalid_configuration", 500, false, usage,
             "The configuration is not valid."},
    errc_row{errc::internal, "internal", 500, false, error, "Something went wrong inside hourkey."},
    errc_row{errc::connection_failed, "connection_failed", 502, true, error, "The connection could not be made."},
    errc_row{errc::connection_closed, "connection_closed", 502, true, error, "The peer closed the connection."},
    errc_row{errc::connection_truncated, "connection_truncated", 502, true, error,
             "The connection ended inside a message."},
    errc_row{errc::deadline_exceeded, "deadline_exceeded", 504, true, error, "The deadline passed."},
    errc_row{errc::tls_failed, "tls_failed", 502, false, error, "The TLS handshake or record layer failed."},
    errc_row{errc::protocol_violation, "protocol_violation", 502, false, error, "The peer did not follow HTTP."},
};

constexpr const errc_row* find(errc code) noexcept {
    for (const auto& row : rows)
        if (row.code == code) return &row;
    return nullptr;
}

}  // namespace

const errc_row& describe(errc code) noexcept {
    if (const auto* row = find(code)) return *row;
    return *find(errc::internal);
}

bool is_denial(errc code) noexcept { return describe(code).outcome != outcome_class::error; }

std::span<const errc_row> all_errc_rows() noexcept { return rows; }

failure invalid_field(std::string_view field, std::string_view what, std::string_view fix) {
    std::string say(field);
    say.append(" ").append(what);
    return failure(errc::invalid_request, std::move(say), std::string(fix));
}

void throw_exception_from_error(const failure& f, const boost::source_location&) {
    throw std::logic_error("a failed result was read as a value: " + std::string(describe(f.code).api));
}

}  // namespace hourkey
