#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hourkey::api {

/// A route that the server answers, and who may ask it: "admin, auditor". `roles` empty: whoever reaches the server.
struct offered {
    std::string_view verb;
    std::string_view path;
    std::string roles;
};

/// The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0) of these routes. One without an operation is left
/// out, which a test of the server refuses.
[[nodiscard]] std::string openapi_document(std::span<const offered> routes, std::string_view version);

}  // namespace hourkey::api
