#pragma once

#include "core/clock.hpp"
#include "core/ulid.hpp"
#include "model/audit_fields.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::model {

/// connection_verify: somebody has asked for a verification whose verdict is not stored yet. connection_recheck: a
/// connection in use is looked at from time to time. key_reseal: rows that an older server key has sealed are sealed
/// anew.
enum class job_kind : std::uint8_t { connection_verify, connection_recheck, key_reseal };
[[nodiscard]] std::string_view to_text(job_kind k) noexcept;
[[nodiscard]] std::optional<job_kind> parse_job_kind(std::string_view text) noexcept;

/// One of a kind for each thing.
struct job_key {
    job_kind kind{};
    ulid tenant_id;      ///< nil: the server's own
    std::string target;  ///< as the audit names it
    friend bool operator==(const job_key&, const job_key&) = default;
};

/// Who is at it, and until when nobody else may be.
struct job_lease {
    ulid owner;
    wall_time until;
    friend bool operator==(const job_lease&, const job_lease&) = default;
};

/// No lease is longer. What ends later was taken by another clock, and holds no more.
inline constexpr std::chrono::minutes longest_lease{10};
[[nodiscard]] constexpr bool holds(const job_lease& l, wall_time now) noexcept {
    return l.until > now && l.until <= now + longest_lease;
}

/// Work that outlives the process that began it.
struct job {
    job_key key;
    ulid id;  ///< another one when it is made anew
    audit_fields detail;
    wall_time created_at;
    wall_time next_at;
    std::uint32_t attempts = 0;  ///< that were begun
    std::string last_error;      ///< why the last one did not end it; empty: there was none
    std::optional<job_lease> lease;
};

}  // namespace hourkey::model
