#include "http/server.hpp"

#include "http/session.hpp"

#include <utility>

namespace hourkey::http {
namespace {

task<> run_session(std::shared_ptr<server_state> of, net::accepted connection) {
    session one(std::move(of), std::move(connection));
    co_await one.run();
}

}  // namespace

server::server(net::reactor& on, service& to, server_limits limits, std::shared_ptr<const net::trusted_proxies> proxies)
    : state_(std::make_shared<server_state>(on, to, limits, std::move(proxies))) {}
server::~server() = default;

void server::attach(net::listener& from) {
    from.start([of = state_](net::accepted connection) { of->on.spawn(run_session(of, std::move(connection))); });
}

task<> server::serve(net::accepted connection) { return run_session(state_, std::move(connection)); }

void server::drain() noexcept {
    state_->draining = true;
    for (auto& one : state_->sessions) one.drain();
}

std::size_t server::in_flight() const noexcept { return state_->in_flight.load(std::memory_order_relaxed); }
std::size_t server::connections() const noexcept { return state_->connections.load(std::memory_order_relaxed); }
std::uint64_t server::handshake_failures() const noexcept {
    return state_->handshake_failures.load(std::memory_order_relaxed);
}

}  // namespace hourkey::http
