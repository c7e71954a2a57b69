#pragma once

#include "api/shape.hpp"
#include "core/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace hourkey::api {

struct connection {
    std::string name;
    std::string kind;
    std::string state;
    std::optional<std::string> role_arn;
    std::optional<std::string> account_id;
    std::optional<std::string> region;
    std::optional<std::string> default_region;
    std::string external_id;
    std::string principal_arn;
    std::optional<std::string> trust_policy;
    wall_time created_at{};
    std::optional<wall_time> verified_at;
    std::optional<wall_time> last_checked_at;
    std::uint64_t revision = 0;

    static constexpr std::string_view list_title = "ConnectionPage";
    static constexpr about is{"Connection", sender::server, "A named link to an AWS account."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct connection_request {
    std::string kind;
    std::string role_arn;
    std::optional<std::string> region;
    std::optional<std::string> default_region{};

    static constexpr about is{"ConnectionRequest", sender::client, "What a connection is to be."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
