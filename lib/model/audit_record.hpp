#pragma once

#include "core/clock.hpp"
#include "core/ulid.hpp"
#include "model/audit_fields.hpp"
#include "model/audit_words.hpp"
#include "model/role.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hourkey::model {

using audit_hash = std::array<unsigned char, 32>;

/// How a record is written down for the chain (audit/chain.hpp). A record keeps the format that it was made in, and is
/// verified by it.
inline constexpr std::uint8_t audit_format = 1;

/// One thing that happened. A closed list of typed fields, so that nothing else - no secret - can enter. An access key
/// id is not a secret; it joins CloudTrail's userIdentity.accessKeyId, the STS request id joins its requestID. Empty
/// text means "does not apply".
struct audit_record {
    std::uint8_t writer = 0;      ///< whose chain it is in: 0 on one machine
    std::uint64_t seq = 0;        ///< in the chain, over all tenants, without gaps, from 1; given by the writer
    /// Within the tenant, what the API shows as `seq`: one tenant must not count another's.
    std::uint64_t tenant_seq = 0;
    std::uint8_t format = audit_format;
    std::uint8_t key = 1;  ///< the id of the server key under which it is chained; given by the writer
    wall_time time;
    std::string request_id;
    audit_action action = audit_action::vend;
    audit_outcome outcome = audit_outcome::error;
    std::string reason;  ///< API code of the failure, or a short code of ours
    ulid tenant_id;      ///< nil: the server itself
    std::string tenant;
    std::string app;
    audit_actor actor = audit_actor::server;
    std::optional<role> actor_role;
    ulid token_id;  ///< the actor's id
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
    audit_detail detail;
    std::uint64_t count = 1;  ///< how many equal refusals it stands for
    audit_hash hash{};        ///< chained to the record before; given by the writer
};

/// Where a chain ends: the last record's seq and hash, and the id of the key under which this is sealed.
struct audit_head {
    std::uint8_t writer = 0;
    std::uint64_t seq = 0;  ///< 0: there is no record yet
    audit_hash hash{};
    std::uint8_t key = 1;
};

struct sealed_audit_head : audit_head {
    audit_hash seal{};
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
