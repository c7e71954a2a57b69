#include "agent/agent_server.hpp"

#include "agent/answers.hpp"
#include "agent/peer_user.hpp"
#include "core/number.hpp"
#include "core/steady_timer.hpp"

#include <algorithm>
#include <utility>

#include <unistd.h>

namespace hourkey::agent {
namespace {

constexpr std::string_view credentials_path = "/v1/credentials/";

/// Idle ones hold a place and a descriptor for nothing: an SDK asks again in half an hour.
constexpr http::server_limits limits{.body_bytes = 0, .idle = std::chrono::seconds(5)};

net::connection_caps caps() {
    net::connection_caps c;
    c.total = agent_server::most_open;
    // All come from one address.
    c.newcomers_claim = net::crowd::claim::any_share;
    return c;
}

failure no_such_path() {
    return failure(errc::not_found, "The agent has nothing under this path.",
                   "Ask for /v1/credentials/ and a connection's name.");
}

/// `within_ms` alone, as the server takes it: how long the asker waits.
result<std::chrono::milliseconds> answer_time_of(std::string_view query) {
    constexpr std::string_view name = "within_ms=";
    if (query.empty()) return agent_server::answer_time;
    const auto told = query.starts_with(name) ? parse_number<std::uint16_t>(query.substr(name.size()))
                                              : std::optional<std::uint16_t>();
    if (told && *told > 0) return std::chrono::milliseconds(*told);
    return failure(errc::invalid_request, "The agent takes no parameter but within_ms, of 1 to 65535.",
                   "What the credentials are to be is said where the agent is started.");
}

}  // namespace

/// Shared with the coroutine that outlives a stopped agent by one period.
struct agent_server::ticking {
    std::map<connection_name, std::shared_ptr<keeper>> keepers;
    bool stopped = false;
};

task<> agent_server::tick_on(net::reactor& on, std::shared_ptr<ticking> what) {
    steady_timer timer(on.get_executor());
    while (!what->stopped) {
        timer.expires_after(tick_period);
        static_cast<void>(co_await timer.async_wait(as_task_tuple));
        for (const auto& [name, one] : what->keepers) one->tick();
    }
}

agent_server::agent_server(net::reactor& on, const source& from, settings with)
    : on_(on), limits_(caps()), http_(on, *this, limits), ticking_(std::make_shared<ticking>()) {
    auto& keepers = ticking_->keepers;
    for (const auto& name : with.connections)
        keepers.emplace(name, std::make_shared<keeper>(on_, name, from, with.keeps));
    if (with.imitates_metadata) metadata_.emplace(keepers.at(with.connections.front()), std::move(with.region));
    on_.spawn(tick_on(on_, ticking_));
}

agent_server::~agent_server() { stop(); }

result<> agent_server::listen_tcp(const std::string& address, std::uint16_t port) {
    if (!is_local_address(address)) {
        return failure(errc::invalid_configuration, "'" + address + "' can be reached from other machines.",
                       "Choose 127.0.0.1, ::1, 169.254.170.2, 169.254.170.23 or fd00:ec2::23.");
    }
    HK_TRY(tcp_, net::listener::bind_tcp(on_, address, port, nullptr, limits_, net::port_use::alone));
    address_ = address;
    http_.attach(*tcp_);
    return {};
}

result<> agent_server::listen_unix(const std::string& path) {
    HK_TRY(unix_, net::listener::bind_unix(on_, path, limits_));
    http_.attach(*unix_);
    return {};
}

task<result<keeper::handed>> agent_server::get(connection_name connection, deadline until) {
    HK_CO_TRY(const auto kept, find(connection.str()));
    co_return co_await kept->get(until);
}

std::string agent_server::url() const {
    const bool is_v6 = address_.find(':') != std::string::npos;
    return "http://" + (is_v6 ? "[" + address_ + "]" : address_) + ":" + std::to_string(tcp_->port());
}

std::string agent_server::url_of(const connection_name& connection) const {
    return url().append(credentials_path).append(connection.str());
}

void agent_server::stop() noexcept {
    if (std::exchange(ticking_->stopped, true)) return;
    if (tcp_) tcp_->stop();
    if (unix_) unix_->stop();
    http_.drain();
    metadata_.reset();
    ticking_->keepers.clear();
}

task<http::response> agent_server::answer(const http::request& r) {
    if (metadata_ && metadata_emulation::is_of_metadata(r.path)) {
        if (const auto good = check_host(r); !good) co_return error_answer(good.error());
        if (!is_of_own_user(r)) co_return text_answer(403, "403 - Forbidden\n");
        co_return co_await metadata_->answer(r, deadline::after(answer_time));
    }
    if (const auto good = check_asker(r); !good) co_return error_answer(good.error());
    if (!r.path.starts_with(credentials_path)) co_return error_answer(no_such_path());
    if (r.verb != http::method::get && r.verb != http::method::head) {
        auto a = error_answer(failure(errc::method_not_allowed, {}, "Send a GET."));
        a.headers.push_back({"Allow", "GET, HEAD"});
        co_return a;
    }
    const auto time = answer_time_of(r.query);
    if (!time) co_return error_answer(time.error());
    const auto kept = find(r.path.substr(credentials_path.size()));
    if (!kept) co_return error_answer(kept.error());
    const auto got = co_await (*kept)->get(deadline::after(*time).sooner(r.until));
    if (!got) co_return error_answer(got.error());
    co_return credentials_answer(**got);
}

http::response agent_server::refuse(const failure& why, const net::peer&) { return error_answer(why); }

result<> agent_server::check_host(const http::request& r) const {
    if (is_of_socket_file(r)) return {};
    if (is_own_host(r.find("Host").value_or(""), address_, tcp_->port())) return {};
    return failure(errc::invalid_request, "The request's Host is not this agent's address.",
                   "Ask " + url() + " by that address.");
}

bool agent_server::is_of_own_user(const http::request& r) const {
    const auto uid = is_of_socket_file(r) ? std::optional(static_cast<std::uint32_t>(r.client.uid))
                                          : user_of(r.client, tcp_->port());
    return uid && (*uid == 0 || *uid == ::geteuid());
}

result<> agent_server::check_asker(const http::request& r) const {
    HK_CHECK(check_host(r));
    if (is_of_socket_file(r)) {
        if (is_of_own_user(r)) return {};
        return failure(errc::unauthenticated, "This socket is another user's.", "Start an agent of your own.");
    }
    if (carries(r.find("Authorization").value_or(""), token_)) return {};
    return failure(errc::unauthenticated, "The request does not carry this agent's token.",
                   "Send what AWS_CONTAINER_AUTHORIZATION_TOKEN says; each agent has one of its own.");
}

result<std::shared_ptr<keeper>> agent_server::find(std::string_view connection) const {
    HK_TRY(const auto name, connection_name::parse(connection));
    const auto& kept = ticking_->keepers;
    if (const auto at = kept.find(name); at != kept.end()) return at->second;
    return failure(errc::app_not_allowed, "This agent does not hand out '" + name.str() + "'.",
                   "Start it with this connection's name.");
}

}  // namespace hourkey::agent
