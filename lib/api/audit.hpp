#pragma once

#include "api/shape.hpp"
#include "core/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hourkey::api {

/// What a change found or left of a thing, whichever kind it is; or what a vend was made in.
struct audited_state {
    std::optional<std::string> id;
    std::optional<std::string> name;
    std::optional<std::string> kind;
    std::optional<std::string> role;
    std::optional<std::string> app;
    std::optional<std::string> project;
    std::optional<std::string> service;
    std::optional<std::string> stage;
    std::optional<std::string> connection;
    std::optional<std::string> state;
    std::optional<std::string> role_arn;
    std::optional<std::string> region;
    std::optional<std::string> default_region;
    std::optional<std::string> external_id;
    std::optional<std::string> capabilities;
    std::optional<std::string> session_sharing;
    std::optional<std::string> binding;
    std::optional<std::string> policy_hash;
    std::optional<std::int64_t> attempts;
    std::optional<std::int64_t> max_duration_seconds;
    std::optional<std::string> reason;
    std::optional<wall_time> created_at;
    std::optional<wall_time> expires_at;
    std::optional<wall_time> revoked_at;

    static constexpr about is{"AuditedState", sender::server,
                              "A thing as a change found or left it, or what a vend was made in."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct audit_record {
    std::uint64_t seq = 0;
    wall_time time{};
    std::string action;
    std::string outcome;
    std::optional<std::string> reason;
    std::optional<std::string> app;
    std::optional<std::string> connection;
    std::optional<std::string> access_key_id;
    std::optional<std::string> sts_request_id;
    std::optional<std::string> session_name;
    std::optional<std::string> role_arn;
    std::optional<std::string> aws_code;
    std::optional<std::int64_t> requested_seconds;
    std::optional<wall_time> expiration;
    std::optional<std::string> target;
    std::optional<audited_state> before, after, context;
    std::optional<std::int64_t> count;
    std::string actor;
    std::optional<std::string> actor_role;
    std::optional<std::string> token_id;
    std::optional<std::string> client_address;
    std::string request_id;

    static constexpr about is{"AuditRecord", sender::server,
                              "One thing that happened. A field that does not apply is left out."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct audit_page {
    std::vector<audit_record> records;
    std::optional<std::string> cursor;
    std::optional<std::string> resume;

    static constexpr about is{"AuditPage", sender::server, "One page of the audit, oldest first."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
