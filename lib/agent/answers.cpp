#include "agent/answers.hpp"

#include "api/error.hpp"
#include "core/secret.hpp"

#include <string>
#include <utility>

namespace hourkey::agent {
namespace {

/// Of the wire between agent and server; the rest is somebody's word.
bool is_of_the_wire(errc code) noexcept {
    switch (code) {
        case errc::connection_failed:
        case errc::connection_closed:
        case errc::connection_truncated:
        case errc::deadline_exceeded:
        case errc::tls_failed:
        case errc::protocol_violation: return true;
        default: return false;
    }
}

/// The rest of the document is under 1 KiB, of which a role's ARN may be 600 bytes.
constexpr std::size_t bytes_beside_secrets = 1536;

}  // namespace

http::response credentials_answer(const api::credentials& what) {
    http::response a;
    // Growing would leave copies behind.
    a.body = api::to_json(
        what, bytes_beside_secrets + what.secret_access_key.size() + what.session_token.size() + what.token.size());
    return a;
}

http::response error_answer(const failure& why) {
    const auto& row = describe(why.code);
    std::string message(why.text());
    if (is_of_the_wire(why.code) && why.message.empty()) message = "hourkey's server cannot be asked: " + message;
    http::response a;
    a.status = is_of_the_wire(why.code) ? 503 : row.http_status;
    a.body = api::to_json(api::error{
        .code = std::string(row.api),
        .message = message,
        .sdk_code = std::string(row.api),
        .sdk_message = message,
        .hint = why.hint,
        .retryable = row.retryable,
        .request_id = why.request_id ? *why.request_id : std::string(),
        .aws = why.aws ? std::optional(api::aws_error{
                             .code = why.aws->code, .request_id = why.aws->request_id, .region = why.aws->region})
                       : std::nullopt});
    if (why.request_id) a.headers.push_back({"X-Request-Id", *why.request_id});
    if (why.retry_after) a.headers.push_back({"Retry-After", std::to_string(why.retry_after->count())});
    if (why.code == errc::unauthenticated) a.headers.push_back({"WWW-Authenticate", "Bearer"});
    return a;
}

http::response text_answer(int status, std::string_view text) {
    http::response a;
    a.status = status;
    a.content_type = "text/plain";
    a.body = text;
    return a;
}

}  // namespace hourkey::agent
