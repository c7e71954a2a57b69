#include "client/refusal.hpp"

#include "api/error.hpp"
#include "core/number.hpp"

#include <algorithm>
#include <utility>

namespace hourkey::client {
namespace {

/// By the code's name; a newer server's that we do not know, by its status.
errc code_of(std::string_view name, int status) {
    for (const auto& row : all_errc_rows())
        if (row.api == name) return row.code;
    switch (status) {
        case 401: return errc::unauthenticated;
        case 403: return errc::role_not_allowed;
        case 404: return errc::not_found;
        case 429: return errc::rate_limited;
        case 503: return errc::store_unavailable;
        default: return status < 500 ? errc::invalid_request : errc::internal;
    }
}

std::optional<std::chrono::seconds> retry_after(const http::client_answer& answer) {
    const auto text = answer.find("Retry-After");
    if (!text) return std::nullopt;
    const auto seconds = parse_number<std::uint32_t>(*text);
    return seconds ? std::optional(std::chrono::seconds(*seconds)) : std::nullopt;
}

failure not_hourkeys(int status) {
    const bool is_redirect = status >= 300 && status < 400;
    return failure(errc::protocol_violation,
                   "The answer was " + std::to_string(status) +
                       (is_redirect ? ", and hourkey never redirects." : ", and not in hourkey's words."),
                   "Check the server's URL, and what stands between: something else has answered.");
}

}  // namespace

failure failure_of(const http::client_answer& answer) {
    auto told = answer.status >= 400 ? api::read<api::error>(answer.body)
                                     : result<api::error>(failure(errc::protocol_violation));
    if (!told) return not_hourkeys(answer.status);
    failure why(code_of(told->code, answer.status), std::move(told->message), std::move(told->hint));
    if (!told->request_id.empty()) why.request_id = std::move(told->request_id);
    why.retry_after = retry_after(answer);
    if (told->aws)
        why.aws = aws_detail{.code = std::move(told->aws->code),
                             .request_id = std::move(told->aws->request_id),
                             .region = std::move(told->aws->region)};
    return why;
}

failure not_as_documented(const failure& why) {
    return failure(errc::protocol_violation, "The server's answer is not what its API says: " + std::string(why.text()),
                   "Check the server's URL, and whether its version fits this program's.");
}

std::optional<std::chrono::milliseconds> pause_before_retry(http::method verb, const http::client_answer& answer,
                                                            int attempts, double random) {
    if (verb == http::method::post || (answer.status != 429 && answer.status != 503)) return std::nullopt;
    const auto told = retry_after(answer);
    if (!told || attempts >= most_attempts) return std::nullopt;
    const auto least = std::max<std::chrono::milliseconds>(*told, shortest_pause);
    return least + std::chrono::duration_cast<std::chrono::milliseconds>(least * (random / 2));
}

}  // namespace hourkey::client
