#pragma once

#include "api/shape.hpp"
#include "core/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace hourkey::api {

struct grant {
    std::string app;
    std::string connection;
    std::optional<std::chrono::seconds> max_duration;
    std::optional<wall_time> expires_at;
    std::optional<std::string> reason;
    wall_time created_at{};
    std::uint64_t revision = 0;

    static constexpr std::string_view list_title = "GrantPage";
    static constexpr about is{"Grant", sender::server, "One line of a connection's allow-list."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct grant_request {
    std::optional<std::chrono::seconds> max_duration;
    std::optional<wall_time> expires_at;
    std::optional<std::string> reason;

    static constexpr about is{"GrantRequest", sender::client, "What a grant is to be; what is left out is gone."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
