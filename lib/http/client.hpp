#pragma once

#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "http/limits.hpp"
#include "http/message.hpp"
#include "net/connection_pool.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::http {

/// An answer, with everything needed to judge it. The body is wiped with the object.
struct client_answer {
    int status = 0;
    std::unique_ptr<char[]> head;  ///< the header block that `headers` looks into
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    std::string body;
    /// What carried it, when that can carry another exchange. Whoever judges the answer keeps it once the answer is
    /// believed, for then it was this request's; otherwise it goes with the answer.
    net::connection_pool::lease connection;

    client_answer() = default;
    client_answer(client_answer&&) noexcept = default;
    client_answer& operator=(client_answer&&) noexcept;
    ~client_answer();
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
};

/// What goes out: a complete request head and body, serialised by the caller's signer so that what was signed is what
/// is sent.
struct client_request {
    method verb = method::post;
    std::string target = "/";
    std::string host;  ///< the Host field, with a non-default port
    std::vector<header> headers;
    std::string body;
};

/// One exchange on a pooled connection. 1xx skipped, redirects returned as they are, no Accept-Encoding. The answer
/// holds the connection when it was complete, keep-alive and without surplus bytes. When a reused connection fails
/// before the first answer byte, the request is sent once more on a fresh one. When it stays silent until the deadline
/// or sends what must not be believed, those that were idle beside it go too. Fails with connection_failed,
/// connection_closed, connection_truncated, deadline_exceeded (all worth a retry by the caller), tls_failed (the peer's
/// certificate does not verify), or protocol_violation / payload_too_large / headers_too_large (an answer that must not
/// be believed).
[[nodiscard]] task<result<client_answer>> exchange(
    net::connection_pool& over, const client_request& what, deadline until,
    net::connection_pool::freshness wanted = net::connection_pool::freshness::any, client_limits limits = {});

}  // namespace hourkey::http
