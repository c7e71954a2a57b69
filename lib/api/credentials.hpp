#pragma once

#include "api/shape.hpp"
#include "core/clock.hpp"
#include "core/secret.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace hourkey::api {

/// The body that the AWS SDKs' container provider and `credential_process` read alike.
struct credentials {
    std::int64_t version = 1;
    std::string access_key_id;
    secret secret_access_key;
    secret session_token;
    secret token;  ///< the session token once more
    wall_time expiration{};
    std::string account_id;
    std::string role_arn;
    std::optional<std::string> region{};  ///< the connection's default_region

    static constexpr about is{"Credentials", sender::server,
                              "Temporary AWS credentials, as credential_process and the SDKs' container provider read "
                              "them."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

/// What a vend is asked for, as JSON of a POST or as the query of a GET.
struct credentials_request {
    std::optional<std::chrono::seconds> duration;
    std::optional<std::chrono::seconds> min_ttl;
    std::optional<std::string> stage;
    std::optional<std::string> service;
    std::optional<std::string> region;
    std::optional<std::string> project;

    static constexpr about is{"CredentialsRequest", sender::client, "What the credentials are to be."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
