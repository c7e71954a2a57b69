#pragma once

#include "api/shape.hpp"

#include <optional>
#include <string>

namespace hourkey::api {

struct aws_error {
    std::string code;
    std::string request_id;
    std::string region;

    static constexpr about is{"AwsError", sender::server, "What AWS said."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct error {
    std::string code;
    std::string message;
    std::optional<std::string> sdk_code;     ///< `code` and `message` once more, where the AWS SDKs look for them
    std::optional<std::string> sdk_message;
    std::string hint;
    bool retryable = false;
    std::string request_id;
    std::optional<aws_error> aws;

    static constexpr about is{"Error", sender::server, "The one shape of every error."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
