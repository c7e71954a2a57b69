#pragma once

#include "api/error.hpp"
#include "api/shape.hpp"
#include "core/failure.hpp"

#include <array>
#include <span>
#include <string_view>

namespace hourkey::api {

/// What a good answer is.
struct good_answer {
    int status = 0;          ///< 0: no such one
    schema of;               ///< nothing in it: no body
};

[[nodiscard]] inline int usual_status(errc code) noexcept { return describe(code).http_status; }

/// What a refusal looks like, of a protocol that is not hourkey's own.
struct refusal_form {
    const about* of = &error::is;
    int (*status_of)(errc) noexcept = usual_status;
};

/// Headers that a request or an answer of an operation has besides those that all have.
enum class revisions {
    none,
    told,       ///< the answer has an ETag
    demanded,   ///< and the request may have If-Match and If-None-Match
    ended       ///< the request may have If-Match
};

/// All that is said of a route beside its handler: what it takes, answers and refuses.
struct operation {
    std::string_view verb;
    std::string_view path;
    std::string_view id;  ///< also the client's function
    std::string_view about;
    schema query;    ///< one field a parameter
    schema body;
    std::array<good_answer, 2> good;
    revisions tells = revisions::none;
    std::array<std::span<const errc>, 4> refuses;
    std::string_view warning_header{};
    refusal_form refusal{};
};

/// Every route of the main listener.
[[nodiscard]] std::span<const operation> operations() noexcept;
[[nodiscard]] const operation* find_operation(std::string_view verb, std::string_view path) noexcept;

/// What any path may answer before it is known who asks and for what: the HTTP fence, a wrong path or method.
[[nodiscard]] std::span<const errc> refused_unread() noexcept;

}  // namespace hourkey::api
