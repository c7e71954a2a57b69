#include "server/doors/error_answer.hpp"

namespace hourkey::server {

std::string_view advice_of(const failure& why) {
    if (!why.hint.empty()) return why.hint;
    const auto& row = describe(why.code);
    if (row.retryable) return "Try again in some seconds.";
    if (row.http_status < 500) return "Correct the request as the message says; docs/API.md describes each.";
    return "Tell whoever runs hourkey the request id: the server's log has the cause.";
}

hourkey::api::error error_of(const failure& why, std::string_view request_id) {
    const auto& row = describe(why.code);
    hourkey::api::error told{.code = std::string(row.api),
                             .message = std::string(why.text()),
                             .sdk_code = {},
                             .sdk_message = {},
                             .hint = std::string(advice_of(why)),
                             .retryable = row.retryable,
                             .request_id = std::string(request_id),
                             .aws = {}};
    if (why.aws) told.aws = {.code = why.aws->code, .request_id = why.aws->request_id, .region = why.aws->region};
    return told;
}

http::response refusing_answer(const failure& why, int status, std::string body) {
    http::response answer;
    answer.status = status;
    answer.body = std::move(body);
    if (why.retry_after) {
        answer.headers.push_back({"Retry-After", std::to_string(why.retry_after->count())});
    } else if (describe(why.code).retryable && (status == 429 || status == 503)) {  // it invites a retry
        answer.headers.push_back({"Retry-After", "1"});
    }
    if (status == 401) answer.headers.push_back({"WWW-Authenticate", "Bearer"});
    return answer;
}

http::response error_answer(const failure& why, std::string_view request_id, error_spelling spelling) {
    auto told = error_of(why, request_id);
    if (spelling == error_spelling::sdk) {
        told.sdk_code = told.code;
        told.sdk_message = told.message;
    }
    return refusing_answer(why, describe(why.code).http_status, hourkey::api::to_json(told));
}

}  // namespace hourkey::server
