#pragma once

#include "api/shape.hpp"
#include "core/clock.hpp"
#include "core/secret.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace hourkey::api {

/// A token as everybody sees it: never the token itself.
struct token {
    std::string id;
    std::string role;
    std::optional<std::string> app;
    std::optional<std::string> stage{};
    wall_time created_at{};
    wall_time expires_at{};
    std::optional<wall_time> last_used_at;
    std::optional<wall_time> revoked_at;

    static constexpr std::string_view list_title = "TokenPage";
    static constexpr about is{"Token", sender::server, "What is known of a token; never the token itself."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct token_request {
    std::string role;
    std::optional<std::string> app;
    std::optional<std::string> stage{};
    std::optional<std::chrono::seconds> expires_in;

    static constexpr about is{"TokenRequest", sender::client, "The token to make."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

/// The only time that the token is shown.
struct issued_token {
    std::string id;
    secret token;
    std::string role;
    wall_time expires_at{};

    static constexpr about is{"IssuedToken", sender::server, "A new token, shown this once."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
