#pragma once

#include "core/boxed.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hourkey {

/// Everything that can go wrong, once. Values start at 1: 0 would read as "no error".
/// Each has one row (message, HTTP status, API string, retryable) in failure.cpp; a test proves that none is missing.
enum class errc {
    // the caller's request
    invalid_request = 1,
    duration_out_of_range,
    unauthenticated,
    app_not_allowed,
    role_not_allowed,
    not_found,
    method_not_allowed,
    request_timeout,
    already_exists,
    in_use,
    connection_not_ready,
    min_ttl_unmet,
    length_required,
    revision_mismatch,
    payload_too_large,
    target_too_long,
    headers_too_large,
    rate_limited,
    too_many_connections,
    shutting_down,
    // AWS
    trust_refused,
    sts_throttled,
    sts_rejected,
    sts_invalid_answer,
    sts_unavailable,
    sts_timeout,
    base_credentials_unavailable,
    // our own parts
    audit_unavailable,
    store_unavailable,
    outcome_unknown,
    store_corrupt,
    broken_seal,
    schema_too_new,
    wrong_server_key,
    invalid_configuration,
    internal,
    // the wire; translated before they reach a caller
    connection_failed,
    connection_closed,
    connection_truncated,
    deadline_exceeded,
    tls_failed,
    protocol_violation,
    last_ = protocol_violation
};

/// What an error means to whoever counts: audit, metrics, log and exit codes all go by this column.
enum class outcome_class {
    usage,      ///< what was asked is not valid: a denial too
    denied,     ///< understood, and refused by a rule of ours
    not_found,  ///< a denial too
    error       ///< something failed, or was too much at once
};

struct errc_row {
    errc code;
    std::string_view api;  ///< the `code` of the error answer, snake_case
    int http_status;
    bool retryable;  ///< the same request, sent again, may succeed and can do no harm
    outcome_class outcome;
    std::string_view message;  ///< one sentence, may reach the caller
};

[[nodiscard]] const errc_row& describe(errc code) noexcept;
/// `denied` or `error`, as audit, metric and log say it.
[[nodiscard]] bool is_denial(errc code) noexcept;
/// The store did not answer, or what it holds cannot be read.
[[nodiscard]] constexpr bool is_of_store(errc code) noexcept {
    return code == errc::store_unavailable || code == errc::store_corrupt;
}
[[nodiscard]] std::span<const errc_row> all_errc_rows() noexcept;

/// What AWS said, kept apart from what we say.
struct aws_detail {
    std::string code;
    std::string request_id;
    std::string region;
};

/// A failure is a value. `message` and `hint` may reach the caller and so never hold a secret, a path or SQL;
/// `cause` goes to the log only.
struct failure {
    errc code{};
    std::string message;  ///< empty: the table's sentence
    std::string hint;     ///< what to do now
    std::string cause;
    // Not inline: a failure's room is in every result, and so in every coroutine's frame.
    boxed<aws_detail> aws;
    boxed<std::string> request_id;  ///< by which the hourkey server that refused has it in its log
    std::optional<std::chrono::seconds> retry_after;

    failure() = default;  // boost::system::result of 1.81 needs it
    explicit failure(errc c, std::string say = {}, std::string what_to_do = {}, std::string why = {})
        : code(c), message(std::move(say)), hint(std::move(what_to_do)), cause(std::move(why)) {}

    [[nodiscard]] std::string_view text() const noexcept {
        return message.empty() ? describe(code).message : std::string_view(message);
    }
};

/// `invalid_request` about one field: "<field> <what is wrong>".
[[nodiscard]] failure invalid_field(std::string_view field, std::string_view what, std::string_view fix = {});

/// Found by ADL when value() is called on a failed result: a broken invariant.
[[noreturn]] void throw_exception_from_error(const failure&, const boost::source_location&);

template <class T = void>
using result = boost::system::result<T, failure>;

}  // namespace hourkey

#define HK_CAT2(a, b) a##b
#define HK_CAT(a, b) HK_CAT2(a, b)
#define HK_TRY_IMPL(ret, tmp, decl, ...)  \
    auto tmp = __VA_ARGS__;               \
    if (!tmp) ret std::move(tmp).error(); \
    decl = *std::move(tmp)
#define HK_CHECK_IMPL(ret, tmp, ...) \
    if (auto tmp = __VA_ARGS__; !tmp) ret std::move(tmp).error()
/// HK_TRY(const auto name, parse_tenant_name(in)); several statements: brace it after `if`.
#define HK_TRY(decl, ...) HK_TRY_IMPL(return, HK_CAT(try_, __COUNTER__), decl, __VA_ARGS__)
#define HK_CO_TRY(decl, ...) HK_TRY_IMPL(co_return, HK_CAT(try_, __COUNTER__), decl, __VA_ARGS__)
/// For result<void>.
#define HK_CHECK(...) HK_CHECK_IMPL(return, HK_CAT(try_, __COUNTER__), __VA_ARGS__)
#define HK_CO_CHECK(...) HK_CHECK_IMPL(co_return, HK_CAT(try_, __COUNTER__), __VA_ARGS__)
