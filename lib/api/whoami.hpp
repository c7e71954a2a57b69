#pragma once

#include "api/shape.hpp"
#include "core/clock.hpp"

#include <optional>
#include <string>

namespace hourkey::api {

struct whoami {
    std::string role;
    std::string token_id;
    std::optional<std::string> tenant;
    std::optional<std::string> app;
    std::optional<std::string> stage;
    std::optional<wall_time> expires_at;

    static constexpr about is{"Whoami", sender::server, "Whose token it is."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
