#pragma once

#include "api/shape.hpp"
#include "core/clock.hpp"

#include <cstdint>
#include <string>

namespace hourkey::api {

struct app {
    std::string name;
    wall_time created_at{};
    std::uint64_t revision = 0;

    static constexpr std::string_view list_title = "AppPage";
    static constexpr about is{"App", sender::server, "Who deploys: a service, a pipeline, a repository."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
