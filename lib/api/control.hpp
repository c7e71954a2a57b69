#pragma once

#include "api/shape.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace hourkey::api {

// What commands of the same machine and the running server say to each other. No part of the public API.

struct local_token_request {
    std::optional<std::string> tenant;
    std::string role;
    std::optional<std::string> app;
    std::optional<std::string> stage{};
    std::optional<std::chrono::seconds> expires_in;

    static constexpr about is{"LocalTokenRequest", sender::client, "The token to make, of any role."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct key_changed {
    std::uint8_t id = 0;

    static constexpr about is{"KeyChanged", sender::server, "The server key that was made or retired."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct copy_begun {
    std::uint64_t id = 0;

    static constexpr about is{"CopyBegun", sender::server, "A copy of the store, begun."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct copy_progress {
    std::string state;
    std::optional<std::string> file;

    static constexpr about is{"CopyProgress", sender::server, "How far a copy of the store is."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
