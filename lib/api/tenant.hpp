#pragma once

#include "api/shape.hpp"
#include "core/clock.hpp"

#include <cstdint>
#include <string>

namespace hourkey::api {

struct tenant {
    std::string name;
    std::string id;
    wall_time created_at{};
    std::uint64_t revision = 0;

    static constexpr std::string_view list_title = "TenantPage";
    static constexpr about is{"Tenant", sender::server, "The isolation boundary: an organisation or a team."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct tenant_request {
    std::string name;

    static constexpr about is{"TenantRequest", sender::client, "The tenant to create."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
