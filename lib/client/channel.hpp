#pragma once

#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"
#include "http/client.hpp"
#include "net/connection_pool.hpp"
#include "net/reactor.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace hourkey::client {

/// What a change demands of what is there (If-Match, If-None-Match).
struct precondition {
    std::optional<std::uint64_t> revision{};  ///< still this one
    bool is_absent = false;                 ///< nothing of that name
};

struct request {
    http::method verb = http::method::get;
    std::string target;
    std::string body{};
    precondition demands{};
};

/// Whether a call that may be repeated is, after a 429 or 503 with Retry-After, as long as its deadline and
/// most_attempts let it.
enum class retries { as_told, none };

/// Requests to one server with one token, over kept connections of one reactor. A call owns all that it uses: it may be
/// given up, and the channel be gone, while it is under way.
class channel {
public:
    /// `token` empty: none is sent.
    channel(net::reactor& on, net::endpoint to, std::string host_field, secret token,
            retries wanted = retries::as_told);

    /// The last answer, whatever it is, with its connection as http::exchange() gives it; redirects are not followed.
    /// What may not be repeated goes over a fresh connection: an idle one may end under it, and then nobody knows. So
    /// does what demands something: sent again after it was done, it would look refused. Fails as http::exchange()
    /// does.
    [[nodiscard]] task<result<http::client_answer>> send(request what, deadline until) const;

    /// How far the server's clock is before this machine's, by the Date of the last answer: good to a second or two,
    /// for telling a person. None before the first answer with a Date.
    [[nodiscard]] std::optional<std::chrono::seconds> clock_difference() const noexcept;

private:
    struct parts;
    static task<result<http::client_answer>> send_over(std::shared_ptr<parts> with, request what, deadline until);
    std::shared_ptr<parts> parts_;
};

}  // namespace hourkey::client
