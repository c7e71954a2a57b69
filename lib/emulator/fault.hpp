#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace hourkey::emulator {

/// Every way to fail; fault.cpp's table gives each its name and says what the emulator does.
enum class fault : std::uint8_t {
    // error answers
    access_denied,
    signature_mismatch,
    opt_in_required,
    region_disabled,
    malformed_policy,
    packed_policy,
    validation,
    request_expired,
    unknown_code,
    redirect,
    expired_token,
    expired_token_exception,
    invalid_client_token,
    errors_wrapper,
    throttling,
    throttling_exception,
    request_limit,
    too_many,
    idp_communication,
    request_timeout,
    internal,
    unavailable,
    retry_after,
    bad_gateway,
    gateway_timeout,
    proxy_forbidden,
    proxy_login,
    // the clock
    clock_skew,
    clock_skew_no_date,
    clock_skew_age,
    // right after accept
    conn_reset,
    conn_fin,
    conn_stall,
    // transport
    slow,
    drip,
    chunked,
    chunked_trailer,
    continue100,
    early_hints,
    hang,
    reset,
    close,
    truncate,
    truncate_rst,
    truncate_head,
    truncate_chunked,
    close_after,
    conn_close,
    http10,
    no_content_length,
    extra_bytes,
    two_length,
    neg_length,
    huge_length,
    huge,
    huge_headers,
    many_headers,
    bad_status,
    gzip,
    // body of a 200
    wrong_content_type,
    no_content_type,
    fraction_expiration,
    offset_expiration,
    short_expiration,
    brief_expiration,
    prefix,
    cdata,
    entities,
    pretty,
    bom,
    big_token,
    extra_elements,
    garbage,
    empty,
    html,
    json,
    wrong_root,
    outside,
    missing_token,
    missing_key,
    missing_secret,
    missing_expiration,
    empty_token,
    bad_expiration,
    past_expiration,
    far_expiration,
    unclosed,
    dtd_bomb,
    xxe,
    deep,
    duplicate,
    crlf_token,
    nul_token,
    invalid_utf8,
    last_ = invalid_utf8
};

/// Where a fault acts: instead of the operation, on its clock, before the request, on the answer's bytes, or in its
/// document.
enum class fault_stage : std::uint8_t { error, clock, accept, transport, body };

struct fault_row {
    fault id;
    std::string_view name;
    fault_stage stage;
    std::string_view does;
};

[[nodiscard]] std::span<const fault_row> all_faults() noexcept;
[[nodiscard]] const fault_row& describe(fault f) noexcept;
[[nodiscard]] std::optional<fault> fault_from_name(std::string_view name) noexcept;

}  // namespace hourkey::emulator
