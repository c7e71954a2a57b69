#pragma once

#include "api/shape.hpp"
#include "core/clock.hpp"
#include "core/secret.hpp"

#include <optional>
#include <string>

namespace hourkey::api {

/// Credentials under the names of the variables by which every AWS tool takes them: flat, and nothing but texts, for
/// whoever makes a secret or an environment of an answer as it comes.
struct aws_variables {
    std::string access_key_id;
    secret secret_access_key;
    secret session_token;
    wall_time expiration{};
    std::optional<std::string> region;
    std::optional<std::string> default_region;

    static constexpr about is{"AwsVariables", sender::server,
                              "Temporary AWS credentials under the names of the variables that AWS tools read."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
