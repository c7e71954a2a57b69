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

/// Of a call that asked for several things: one that was refused.
struct refused_part {
    std::string code;
    std::string message;
    std::string hint;
    bool retryable = false;

    static constexpr about is{"RefusedPart", sender::server, "Why one of several things was refused."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

/// Of such a call that has none of them, because one was refused: that one's error, and each by its name.
struct resolve_error : error {
    by_name<refused_part> errors;

    static constexpr about is{"ResolveError", sender::server, "An error, and why each reference was refused."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
