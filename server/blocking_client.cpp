#include "server/blocking_client.hpp"

#include <optional>

namespace hourkey::server {
namespace {

constexpr std::chrono::seconds patience{30};

std::string host_field_of(const net::endpoint& to) {
    const bool literal_v6 = to.host.find(':') != std::string::npos;
    return (literal_v6 ? "[" + to.host + "]" : to.host) + ":" + std::to_string(to.port);
}

task<> exchange_once(net::connection_pool& pool, const http::client_request& what, net::reactor& on, std::optional<result<http::client_answer>>& out) {
    out.emplace(co_await http::exchange(pool, what, deadline::after(patience)));
    on.stop();
}

}  // namespace

blocking_client::blocking_client(net::endpoint to) : host_field_(host_field_of(to)), pool_(reactor_, std::move(to)) {}

result<blocking_client::answer> blocking_client::send(http::method verb, std::string target, std::string body, std::string_view token) {
    http::client_request what;
    what.verb = verb;
    what.target = std::move(target);
    what.host = host_field_;
    if (!token.empty()) what.headers.push_back({"Authorization", "Bearer " + std::string(token)});
    if (!body.empty()) what.headers.push_back({"Content-Type", "application/json"});
    what.body = std::move(body);

    std::optional<result<http::client_answer>> done;
    reactor_.context().restart();
    reactor_.spawn(exchange_once(pool_, what, reactor_, done));
    reactor_.run();
    if (!done) return failure(errc::internal);
    if (!*done) return std::move(*done).error();
    return answer{.status = (*done)->status, .body = std::move((*done)->body)};
}

}  // namespace hourkey::server
