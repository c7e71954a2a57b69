#pragma once

#include "obs/metrics.hpp"

#include <string>
#include <string_view>

namespace hourkey::obs {

enum class vend_outcome { issued, denied, error };
enum class sts_outcome { ok, throttled, rejected, unavailable, timeout, malformed };
enum class rate_bucket { address, token, app, tenant, dead_token, sts };
enum class auth_outcome { accepted, missing, refused, error };

/// hourkey's metrics, each a member; the names are the public ones (docs/OPERATIONS.md).
struct metrics {
    explicit metrics(std::string_view version);

    /// All of them and the process's figures, in the order below, as Prometheus text 0.0.4.
    [[nodiscard]] std::string expose() const;
    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

    request_counter http_requests;
    histogram http_request_duration;
    counter_by<vend_outcome> vends;
    histogram vend_duration;
    counter_by<sts_outcome> sts_requests;
    histogram sts_request_duration;
    counter audit_records;
    counter audit_write_failures;
    counter broken_seals;
    histogram audit_commit_duration;
    gauge store_log_bytes;
    gauge store_log_held;  ///< in seconds
    gauge store_bytes;
    gauge disk_free_bytes;
    gauge disk_floor_bytes;
    gauge open_connections;
    counter tls_handshake_failures;
    counter connections_refused;
    counter connections_displaced;
    gauge base_credentials_valid;   ///< 1 or 0
    gauge base_credentials_expiry;  ///< seconds left; negative: expired
    counter log_scrubbed;
    counter log_dropped;
    counter_by<auth_outcome> auth_attempts;
    counter_by<rate_bucket> rate_limited;
    counter refusals_counted;
    counter refusal_counts_lost;
    gauge clock_skew;  ///< AWS's clock minus ours, in seconds
    info_metric build_info;
};

}  // namespace hourkey::obs
