#include "server/doors/error_answer.hpp"

#include "api/error.hpp"

namespace hourkey::server {
namespace {

/// Every error tells what to do next; where nobody had better advice, this.
std::string_view hint_of(const failure& why, const errc_row& row) {
    if (!why.hint.empty()) return why.hint;
    if (row.retryable) return "Try again in some seconds.";
    if (row.http_status < 500) return "Correct the request as the message says; docs/API.md describes each.";
    return "Tell whoever runs hourkey the request id: the server's log has the cause.";
}

}  // namespace

http::response error_answer(const failure& why, std::string_view request_id, error_spelling spelling) {
    const auto& row = describe(why.code);
    hourkey::api::error told{.code = std::string(row.api),
                             .message = std::string(why.text()),
                             .sdk_code = {},
                             .sdk_message = {},
                             .hint = std::string(hint_of(why, row)),
                             .retryable = row.retryable,
                             .request_id = std::string(request_id),
                             .aws = {}};
    if (spelling == error_spelling::sdk) {
        told.sdk_code = told.code;
        told.sdk_message = told.message;
    }
    if (why.aws) told.aws = {.code = why.aws->code, .request_id = why.aws->request_id, .region = why.aws->region};

    http::response answer;
    answer.status = row.http_status;
    answer.body = hourkey::api::to_json(told);
    if (why.retry_after) {
        answer.headers.push_back({"Retry-After", std::to_string(why.retry_after->count())});
    } else if (row.retryable && (row.http_status == 429 || row.http_status == 503)) {  // it invites a retry
        answer.headers.push_back({"Retry-After", "1"});
    }
    if (row.http_status == 401) answer.headers.push_back({"WWW-Authenticate", "Bearer"});
    return answer;
}

}  // namespace hourkey::server
