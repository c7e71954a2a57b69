#include "client/channel.hpp"

#include "client/refusal.hpp"
#include "core/clock.hpp"
#include "core/random_source.hpp"
#include "core/time_text.hpp"

#include <utility>

namespace hourkey::client {
namespace {

using freshness = net::connection_pool::freshness;

/// A page of 1,000 connections with their trust policies is under 2 MiB.
constexpr http::client_limits limits{.body_bytes = 4 * 1024 * 1024};

/// Wiped with the exchange: it holds the token, and a body may hold one.
struct outgoing {
    http::client_request what;
    ~outgoing() {
        for (auto& h : what.headers) wipe_container(h.value);
        wipe_container(what.body);
    }
    outgoing() = default;
    outgoing(const outgoing&) = delete;
    outgoing& operator=(const outgoing&) = delete;
};

std::string bearer(const secret& token) {
    constexpr std::string_view scheme = "Bearer ";
    std::string out;
    out.reserve(scheme.size() + token.size());
    return out.append(scheme).append(token.expose());
}

void add_headers(http::client_request& to, const request& from, const secret& token) {
    if (!token.empty()) to.headers.push_back({"Authorization", bearer(token)});
    if (!from.body.empty()) to.headers.push_back({"Content-Type", "application/json"});
    if (from.demands.revision) to.headers.push_back({"If-Match", '"' + std::to_string(*from.demands.revision) + '"'});
    if (from.demands.is_absent) to.headers.push_back({"If-None-Match", "*"});
}

std::optional<std::chrono::seconds> how_far_ahead(const http::client_answer& answer) {
    const auto field = answer.find("Date");
    const auto told = field ? parse_http_date(*field) : std::nullopt;
    if (!told) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(*told - system_clock().now());
}

/// Whether it comes to the same, and is answered the same, when it is done twice.
bool is_repeatable(const request& what) {
    return what.verb != http::method::post && !what.demands.revision && !what.demands.is_absent;
}

}  // namespace

struct channel::parts {
    net::reactor& on;
    net::connection_pool pool;
    std::string host_field;
    secret token;
    retries wanted;
    random_source random = make_random_source();
    std::optional<std::chrono::seconds> server_is_ahead{};
};

channel::channel(net::reactor& on, net::endpoint to, std::string host_field, secret token, retries wanted)
    : parts_(new parts{.on = on,
                       .pool = net::connection_pool(on, std::move(to)),
                       .host_field = std::move(host_field),
                       .token = std::move(token),
                       .wanted = wanted}) {}

std::optional<std::chrono::seconds> channel::clock_difference() const noexcept { return parts_->server_is_ahead; }

task<result<http::client_answer>> channel::send(request what, deadline until) const {
    return send_over(parts_, std::move(what), until);
}

task<result<http::client_answer>> channel::send_over(std::shared_ptr<parts> with, request what, deadline until) {
    outgoing out;
    out.what.verb = what.verb;
    out.what.target = what.target;
    out.what.host = with->host_field;
    add_headers(out.what, what, with->token);
    out.what.body = std::move(what.body);
    const auto wanted = is_repeatable(what) ? freshness::any : freshness::fresh;
    for (int attempts = 1;; ++attempts) {
        HK_CO_TRY(auto answer, co_await http::exchange(with->pool, out.what, until, wanted, limits));
        if (const auto ahead = how_far_ahead(answer)) with->server_is_ahead = ahead;
        if (with->wanted == retries::none) co_return answer;
        const auto pause = pause_before_retry(what.verb, answer, attempts, with->random());
        if (!pause) co_return answer;
        const auto next = std::chrono::steady_clock::now() + *pause;
        if (until.has_passed(next)) co_return answer;
        if (is_of_the_server(failure_of(answer))) answer.connection.keep();
        steady_timer waiting(with->on.get_executor(), next);
        static_cast<void>(co_await waiting.async_wait(as_task_tuple));
    }
}

}  // namespace hourkey::client
