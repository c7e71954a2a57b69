#pragma once

#include "api/shape.hpp"
#include "core/secret.hpp"

#include <optional>
#include <string>

namespace hourkey::api {

/// The wire form of the Serverless Framework's plugin of 2019.
struct secret_access {
    std::string secret_name;
    std::string app_name;
    std::optional<std::string> service_name;
    std::optional<std::string> stage_name;

    static constexpr about is{"SecretAccess", sender::client, "Which secret, and who is to use it where."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct secret_value {
    std::string access_key_id;
    secret secret_access_key;
    secret session_token;

    static constexpr about is{"SecretValue", sender::server, "Temporary AWS credentials, as `serverless` takes them."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct accessed_secret {
    secret_value value;

    static constexpr about is{"AccessedSecret", sender::server, "The secret."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
