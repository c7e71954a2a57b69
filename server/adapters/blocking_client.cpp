#include "server/adapters/blocking_client.hpp"

#include <optional>

namespace hourkey::server {
namespace {

constexpr std::chrono::seconds patience{30};
constexpr std::chrono::milliseconds between_looks{100};  ///< soon enough for who has pressed Ctrl-C

std::string host_field_of(const net::endpoint& to) {
    const bool literal_v6 = to.host.find(':') != std::string::npos;
    return (literal_v6 ? "[" + to.host + "]" : to.host) + ":" + std::to_string(to.port);
}

using outcome = std::optional<result<http::client_answer>>;

/// Owns all it uses: given up, it lies in the reactor until that goes.
task<> exchange_once(std::shared_ptr<net::connection_pool> pool, http::client_request what, net::reactor& on,
                     std::shared_ptr<outcome> out) {
    out->emplace(co_await http::exchange(*pool, what, deadline::after(patience)));
    on.stop();
}

}  // namespace

blocking_client::blocking_client(net::endpoint to, std::function<bool()> gives_up)
    : host_field_(host_field_of(to)),
      gives_up_(std::move(gives_up)),
      pool_(std::make_shared<net::connection_pool>(reactor_, std::move(to))) {}

result<blocking_client::answer> blocking_client::send(http::method verb, std::string target, std::string body,
                                                      std::string_view token) {
    http::client_request what;
    what.verb = verb;
    what.target = std::move(target);
    what.host = host_field_;
    if (!token.empty()) what.headers.push_back({"Authorization", "Bearer " + std::string(token)});
    if (!body.empty()) what.headers.push_back({"Content-Type", "application/json"});
    what.body = std::move(body);

    const auto done = std::make_shared<outcome>();
    auto& context = reactor_.context();
    context.restart();
    reactor_.spawn(exchange_once(pool_, std::move(what), reactor_, done));
    while (!context.stopped()) {
        context.run_for(between_looks);
        if (!*done && gives_up_ && gives_up_()) return failure(errc::shutting_down);
    }
    if (!*done) return failure(errc::internal);
    auto& got = **done;
    if (!got) return std::move(got).error();
    got->connection.keep();
    return answer{.status = got->status, .body = std::move(got->body)};
}

}  // namespace hourkey::server
