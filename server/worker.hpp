#pragma once

#include "auth/authenticator.hpp"
#include "linking/linker.hpp"
#include "net/listener.hpp"
#include "net/reactor.hpp"
#include "policy/refusal_counts.hpp"
#include "server/adapters/linking_host.hpp"
#include "server/adapters/sts_ports.hpp"
#include "server/adapters/vend_store.hpp"
#include "server/request_service.hpp"

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace hourkey::server {

/// What all workers share; each part is thread-safe or read only.
struct shared_parts {
    const clock_source& clock;
    store::database& database;
    const key_place& keys;
    running_copy& copy;
    side_thread& aside;
    std::shared_ptr<const crypto::mac_keys> token_keys;
    policy::rate_limits& rates;
    policy::refusal_counts& refusals;
    vending::held_vends& held;
    sts::identity_source& base;
    const sts::endpoint_table& endpoints;
    sts::channel_settings calls;
    obs::metrics& metrics;
    linking::open_findings& findings;
    std::chrono::seconds default_duration;
    std::chrono::milliseconds sts_timeout;
    std::chrono::seconds verify_every;  ///< how often connections in use are verified unasked; 0: never
    std::function<readiness()> check_readiness;
    std::function<aws_identity()> identify;
};

/// One thread: its reactor, STS client and doors. A request lives and dies here.
class worker {
public:
    explicit worker(const shared_parts& with);
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    [[nodiscard]] net::reactor& on() noexcept { return reactor_; }
    /// For what runs on that reactor.
    [[nodiscard]] const linking::linker& links() const noexcept { return links_; }
    /// Before start(). `proxies`: who is believed about whose requests it hands on.
    void open(opening o, std::unique_ptr<net::listener> listener, const metric_routes& known_as,
              http::server_limits limits = {}, std::shared_ptr<const net::trusted_proxies> proxies = nullptr);
    void start();
    [[nodiscard]] std::uint64_t handshake_failures() const noexcept;

    /// Stops accepting, lets what is in flight end until `until`, then stops the reactor. From another thread; join()
    /// waits.
    void drain(deadline until);
    void join();

private:
    struct front {
        std::unique_ptr<net::listener> listener;
        std::unique_ptr<request_service> service;
        std::unique_ptr<http::server> server;
    };
    task<> wait_until_quiet(deadline until);

    // The reactor goes last: what it still holds uses all the others.
    auth::authenticator authenticator_;
    vend_views views_;
    store_for_vends vend_store_;
    sts_shares shares_;
    net::reactor reactor_;
    sts::client sts_;
    session_gate gate_;
    sts_role_assumer assumer_;
    sts_trust_probe probe_;
    linking_host host_;
    linking::linker links_;
    vending::vendor vendor_;
    services services_;
    std::vector<front> fronts_;
    std::thread thread_;
};

}  // namespace hourkey::server
