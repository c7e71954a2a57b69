#pragma once

#include "agent/access.hpp"
#include "agent/keeper.hpp"
#include "agent/metadata_emulation.hpp"
#include "agent/source.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/name.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"
#include "http/server.hpp"
#include "net/connection_limits.hpp"
#include "net/listener.hpp"
#include "net/reactor.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::agent {

struct settings {
    std::vector<connection_name> connections;  ///< what is handed out; at least one
    keeper_settings keeps;
    /// The first connection's credentials also as an EC2 machine has them, for this user's processes over loopback.
    bool imitates_metadata = false;
    std::string region;  ///< told by the imitated metadata; may be empty
};

/// Hands out credentials on this machine: the endpoint of the AWS SDKs' container provider, `GET
/// /v1/credentials/{connection}` with the agent's own token. On one reactor, whose thread is the only one that calls;
/// it lives until that has ended.
class agent_server final : public http::service {
public:
    /// JavaScript's SDK v2 gives up after a second. What comes later answers its next try.
    static constexpr std::chrono::milliseconds answer_time{900};
    /// SDKs ask and go; more at once is a loop somewhere.
    static constexpr std::size_t most_open = 256;
    static constexpr std::chrono::milliseconds tick_period{500};

    agent_server(net::reactor& on, const source& from, settings with);
    ~agent_server() override;
    agent_server(const agent_server&) = delete;
    agent_server& operator=(const agent_server&) = delete;

    /// Once. Port 0: a free one. Refuses addresses that other machines can reach.
    [[nodiscard]] result<> listen_tcp(const std::string& address, std::uint16_t port);
    /// Once. Whoever the socket file lets in, and is this process's user or root, needs no token there.
    [[nodiscard]] result<> listen_unix(const std::string& path);

    /// As a request for it gets them.
    [[nodiscard]] task<result<keeper::handed>> get(connection_name connection, deadline until);

    /// Of listen_tcp(): "http://127.0.0.1:41123".
    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::string url_of(const connection_name& connection) const;
    [[nodiscard]] const secret& token() const noexcept { return token_; }

    /// Listens no longer and forgets the credentials.
    void stop() noexcept;

    task<http::response> answer(const http::request& r) override;
    http::response refuse(const failure& why, const net::peer& from) override;
    void finished(const http::request*, const http::response&, bool,
                  std::chrono::steady_clock::duration) noexcept override {}

private:
    struct ticking;
    static task<> tick_on(net::reactor& on, std::shared_ptr<ticking> what);

    [[nodiscard]] static bool is_of_socket_file(const http::request& r) noexcept { return r.client.address == "local"; }
    /// Or root's, who may look into this process anyway.
    [[nodiscard]] bool is_of_own_user(const http::request& r) const;
    [[nodiscard]] result<> check_host(const http::request& r) const;
    [[nodiscard]] result<> check_asker(const http::request& r) const;
    [[nodiscard]] result<std::shared_ptr<keeper>> find(std::string_view connection) const;

    net::reactor& on_;
    secret token_ = make_token();
    std::string address_;
    net::connection_limits limits_;
    http::server http_;
    std::unique_ptr<net::listener> tcp_;
    std::unique_ptr<net::listener> unix_;
    std::shared_ptr<ticking> ticking_;  ///< has the keepers
    std::optional<metadata_emulation> metadata_;
};

}  // namespace hourkey::agent
