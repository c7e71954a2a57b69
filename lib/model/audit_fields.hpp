#pragma once

#include "core/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hourkey::model {

/// What an audit record may tell of a thing's state, or of what a vend was made in. A closed list, so that no secret
/// can enter. A new one may stand anywhere in it; lib/api/audit.hpp shows it.
enum class audit_field {
    id,
    name,
    kind,
    role,
    app,
    project,
    service,
    stage,
    connection,
    state,
    role_arn,
    region,
    default_region,
    external_id,
    capabilities,
    session_sharing,
    binding,
    policy_hash,
    attempts,
    max_duration_seconds,
    reason,
    created_at,
    expires_at,
    revoked_at,
    last_ = revoked_at
};

[[nodiscard]] std::string_view to_text(audit_field f) noexcept;
[[nodiscard]] std::optional<audit_field> parse_audit_field(std::string_view text) noexcept;

/// A thing's state as fields with their types, in the order of audit_field; empty: there is no such thing.
class audit_fields {
public:
    using value = std::variant<std::string, std::int64_t, wall_time>;
    struct entry {
        audit_field field;
        value is;
        friend bool operator==(const entry&, const entry&) = default;
    };

    /// Fields are added in the order of audit_field, each at most once; one that comes late is a defect of the
    /// caller's.
    audit_fields& text(audit_field f, std::string_view value);
    audit_fields& filled(audit_field f, std::string_view value);  ///< left out when it is empty
    audit_fields& integer(audit_field f, std::int64_t value);
    audit_fields& time(audit_field f, wall_time value);
    audit_fields& time(audit_field f, const std::optional<wall_time>& value);  ///< left out when there is none

    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }

    /// The one way to write it down, for store and chain: `name:s<bytes>:<text>,` for a text, `name:i<digits>,` for a
    /// number, `name:t<nanoseconds>,` for a time. Nothing for no fields.
    [[nodiscard]] std::string canonical() const;
    /// Only what canonical() gives; none for anything else.
    [[nodiscard]] static std::optional<audit_fields> parse(std::string_view canonical);

    friend bool operator==(const audit_fields&, const audit_fields&) = default;

private:
    audit_fields& add(audit_field f, value v);
    std::vector<entry> entries_;
};

/// What a record tells besides its columns. What a record has none of costs nothing, so this can grow.
struct audit_detail {
    audit_fields before,
        after;  ///< what an administrative change found and what it left; empty: nothing was there, nothing is
    audit_fields context;  ///< of a vend: project, service, stage, region, what chose the connection, further tries

    /// The one way to write it down: `b<bytes>:<fields>,` `a<bytes>:<fields>,` `c<bytes>:<fields>,` for what is not
    /// empty, in that order.
    [[nodiscard]] std::string canonical() const;
    /// Only what canonical() gives; none for anything else.
    [[nodiscard]] static std::optional<audit_detail> parse(std::string_view canonical);

    friend bool operator==(const audit_detail&, const audit_detail&) = default;
};

}  // namespace hourkey::model
