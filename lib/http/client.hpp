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

    client_answer() = default;
    client_answer(client_answer&&) noexcept = default;
    client_answer& operator=(client_answer&&) noexcept;
    ~client_answer();
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
};

/// What goes out: a complete request head and body, serialised by the caller's signer so that what was signed is what is sent.
struct client_request {
    method verb = method::post;
    std::string target = "/";
    std::string host;  ///< the Host field, with a non-default port
    std::vector<header> headers;
    std::string body;
};

/// One exchange on a pooled connection. 1xx skipped, redirects returned as they are, no Accept-Encoding. The connection
/// goes back only when the answer was complete, keep-alive and without surplus bytes.
/// When a reused connection fails before the first answer byte, the request is sent once more on a fresh one. When it stays
/// silent until the deadline, those that were idle beside it go too.
/// Fails with connection_failed, connection_closed, connection_truncated, deadline_exceeded, tls_failed (all worth a retry
/// by the caller but tls_failed) or protocol_violation / payload_too_large (an answer that must not be believed).
[[nodiscard]] task<result<client_answer>> exchange(net::connection_pool& over, const client_request& what, deadline until,
                                                   net::connection_pool::freshness wanted = net::connection_pool::freshness::any, client_limits limits = {});

}  // namespace hourkey::http
