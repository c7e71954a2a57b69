#pragma once

#include "api/error.hpp"
#include "api/shape.hpp"
#include "core/clock.hpp"
#include "core/secret.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace hourkey::api {

/// Of one call: a file has hundreds of references to a handful of connections.
inline constexpr std::size_t most_references = 200, most_connections = 20;

/// What the references are for. Nothing is decided by it.
struct resolve_context {
    std::optional<std::string> stage;
    std::optional<std::string> service;
    std::optional<std::string> region;
    std::optional<std::string> project;

    static constexpr about is{"ResolveContext", sender::client, "What the references are for."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct resolve_request {
    std::vector<std::string> refs;
    std::optional<resolve_context> context{};
    std::optional<bool> partial{};

    static constexpr about is{"ResolveRequest", sender::client, "Which references, and whether some will do."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

/// A connection's credentials as a reference shows them, in the spelling of `serverless print`.
struct resolved_secret {
    std::string access_key_id;
    secret secret_access_key;
    secret session_token;
    wall_time expiration{};
    std::optional<std::string> region;
    std::string account_id;

    static constexpr about is{"ResolvedSecret", sender::server, "Temporary AWS credentials of one connection."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct resolved {
    by_name<text_or<resolved_secret>> values;
    by_name<refused_part> errors;

    static constexpr about is{"Resolved", sender::server, "What the references stand for."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
