#pragma once

#include "core/clock.hpp"
#include "core/ulid.hpp"
#include "model/audit_fields.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::model {

/// granted, denied, error: a vend's end. changed: an administrative change.
enum class audit_outcome { granted, denied, error, changed };

[[nodiscard]] std::string_view to_text(audit_outcome o) noexcept;
[[nodiscard]] std::optional<audit_outcome> parse_audit_outcome(std::string_view text) noexcept;

using audit_hash = std::array<unsigned char, 32>;

/// One thing that happened. A closed list of typed fields, so that nothing else - no secret - can enter. An access key
/// id is not a secret; it joins CloudTrail's userIdentity.accessKeyId, the STS request id joins its requestID. Empty
/// text means "does not apply".
struct audit_record {
    std::uint64_t seq = 0;         ///< over all tenants, without gaps, from 1; given by the writer
    /// Within the tenant, what the API shows as `seq`: one tenant must not count another's.
    std::uint64_t tenant_seq = 0;
    wall_time time;
    std::string request_id;
    std::string action;  ///< "vend", "connection.put", "token.create", ...
    audit_outcome outcome = audit_outcome::error;
    std::string reason;  ///< API code of the failure, or a short code of ours
    ulid tenant_id;      ///< nil: the server itself
    std::string tenant;
    std::string app;
    std::string actor_role;
    ulid token_id;
    std::string client_address;
    std::string connection;
    std::string role_arn;
    std::string session_name;
    std::string access_key_id;
    std::string sts_request_id;
    std::string aws_code;
    std::uint32_t requested_seconds = 0;
    std::optional<wall_time> expiration;
    std::string target;  ///< of an administrative change: "grants/web", "tokens/01J..."
    audit_fields before,
        after;  ///< what an administrative change found and what it left; empty: nothing was there, nothing is
    std::uint64_t count = 1;     ///< how many equal refusals it stands for
    audit_hash hash{};   ///< chained to the record before; given by the writer
};

/// Records of the chain as the store has them, in seq order.
struct audit_run {
    std::vector<audit_record> records;
    /// Seq of a row after them that does not hold what a store writes; the run ends there.
    std::optional<std::int64_t> unreadable;
};

/// A row of the state, as the audit sees it.
struct state_row {
    ulid tenant_id;
    std::string target;  ///< as a record names it
    audit_fields fields;
    bool is_sealed = true;  ///< false: its seal does not fit it
};

/// Rows of one table in the order of their keys, and the chain's last seq in the same snapshot.
struct state_page {
    std::uint64_t seq = 0;
    std::vector<state_row> rows;
};

}  // namespace hourkey::model
