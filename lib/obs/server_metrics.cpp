#include "obs/server_metrics.hpp"

#include "obs/log.hpp"
#include "obs/process_metrics.hpp"

namespace hourkey::obs {
namespace {

using namespace std::chrono_literals;

/// From a vend against a near STS (3 ms) to the longest deadline (10 s).
std::vector<std::chrono::nanoseconds> request_bounds() {
    return {1ms, 2500us, 5ms, 10ms, 25ms, 50ms, 100ms, 250ms, 500ms, 1s, 2500ms, 5s, 10s};
}

/// One fsync: 0.1 ms on a good disk, seconds on a dying one.
std::vector<std::chrono::nanoseconds> commit_bounds() {
    return {100us, 250us, 500us, 1ms, 2500us, 5ms, 10ms, 25ms, 50ms, 100ms, 500ms, 2500ms};
}

}  // namespace

metrics::metrics(std::string_view version)
    : http_requests("hourkey_http_requests_total", "Answered requests by route template, method and status."),
      http_request_duration("hourkey_http_request_duration_seconds",
                            "From a request's first byte until its answer is ready to be sent.", request_bounds()),
      vends("hourkey_vends_total", "Vends by outcome.", "outcome", {"issued", "denied", "error"}),
      vend_duration("hourkey_vend_duration_seconds",
                    "From the decision's start to the committed audit record, whatever came of it.", request_bounds()),
      sts_requests("hourkey_sts_requests_total", "Calls to AWS STS by outcome, retries not counted apart.", "outcome",
                   {"ok", "throttled", "rejected", "unavailable", "timeout", "malformed"}),
      sts_request_duration("hourkey_sts_request_duration_seconds", "One call to AWS STS, its retries included.",
                           request_bounds()),
      audit_records("hourkey_audit_records_total", "Audit records committed."),
      audit_write_failures(
          "hourkey_audit_write_failures_total",
          "Commits that failed and writes that were refused or given up; no credentials were handed out for them."),
      broken_seals("hourkey_broken_seals_total",
                   "Reads of a row that something else than hourkey has written; it was not used."),
      audit_commit_duration("hourkey_audit_commit_duration_seconds", "One group commit with its fsync.",
                            commit_bounds()),
      store_log_bytes("hourkey_store_log_bytes", "Size of the store's log (the -wal file)."),
      store_log_held("hourkey_store_log_held_seconds",
                     "For how long a snapshot that somebody holds has kept the store's log from shrinking; 0: it can."),
      store_bytes("hourkey_store_bytes", "Size of the database and its write-ahead log."),
      disk_free_bytes("hourkey_store_disk_free_bytes", "Free space on the store's disk."),
      disk_floor_bytes("hourkey_store_disk_floor_bytes",
                       "Free space below which nothing is vended (store.min_free_mib)."),
      open_connections("hourkey_open_connections", "Open client connections."),
      tls_handshake_failures("hourkey_tls_handshake_failures_total", "TLS handshakes of clients that failed."),
      connections_refused("hourkey_connections_refused_total",
                          "Client connections closed at once because a cap was reached."),
      connections_displaced("hourkey_connections_displaced_total",
                            "Client connections closed to give their place to an address that held fewer."),
      base_credentials_valid(
          "hourkey_base_credentials_valid",
          "1 while hourkey's own AWS credentials have not expired and AWS STS does not refuse them, else 0."),
      base_credentials_expiry("hourkey_base_credentials_expiry_seconds",
                              "Seconds until hourkey's own AWS credentials expire; +Inf when they do not."),
      log_scrubbed("hourkey_log_scrubbed_total",
                   "Secrets masked in log lines by the last-chance scrub; anything but 0 is a defect."),
      log_dropped("hourkey_log_dropped_total",
                  "Log lines dropped because standard error was not read or could not be written."),
      auth_attempts("hourkey_auth_attempts_total", "Requests by what became of their token.", "outcome",
                    {"accepted", "missing", "refused", "error"}),
      rate_limited("hourkey_rate_limited_total", "Requests refused because a rate limit was reached, by whose it was.",
                   "by", {"address", "token", "app", "tenant", "dead_token", "sts"}),
      refusals_counted(
          "hourkey_refusals_counted_total",
          "Refusals that have no record of their own: an equal one has, and a later record has their number."),
      refusal_counts_lost("hourkey_refusal_counts_lost_total",
                          "Refusals of which not even the number could be recorded; anything but 0 means that the "
                          "store was out for long."),
      clock_skew("hourkey_clock_skew_seconds", "The clock of AWS STS minus this one."),
      build_info("hourkey_build_info", "The running version.", "version", std::string(version)) {
    log_scrubbed.read_from(scrubbed_total);
    log_dropped.read_from(dropped_total);
}

std::string metrics::expose() const {
    std::string out;
    out.reserve(16 * 1024);
    const std::initializer_list<const metric*> all{&http_requests,
                                                   &http_request_duration,
                                                   &vends,
                                                   &vend_duration,
                                                   &sts_requests,
                                                   &sts_request_duration,
                                                   &audit_records,
                                                   &audit_write_failures,
                                                   &broken_seals,
                                                   &audit_commit_duration,
                                                   &store_log_bytes,
                                                   &store_log_held,
                                                   &store_bytes,
                                                   &disk_free_bytes,
                                                   &disk_floor_bytes,
                                                   &open_connections,
                                                   &tls_handshake_failures,
                                                   &connections_refused,
                                                   &connections_displaced,
                                                   &base_credentials_valid,
                                                   &base_credentials_expiry,
                                                   &log_scrubbed,
                                                   &log_dropped,
                                                   &auth_attempts,
                                                   &rate_limited,
                                                   &refusals_counted,
                                                   &refusal_counts_lost,
                                                   &clock_skew,
                                                   &build_info};
    for (const auto* one : all) one->expose(out);
    expose_process(out);
    return out;
}

}  // namespace hourkey::obs
