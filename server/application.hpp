#pragma once

#include "audit/chain.hpp"
#include "aws/principal.hpp"
#include "jobs/runner.hpp"
#include "net/connection_limits.hpp"
#include "net/tls_context.hpp"
#include "os/stop_request.hpp"
#include "server/adapters/side_thread.hpp"
#include "server/config.hpp"
#include "server/housekeeper.hpp"
#include "server/store_files/key_change.hpp"
#include "server/store_files/running_copy.hpp"
#include "server/store_files/server_key.hpp"
#include "server/worker.hpp"
#include "tenancy/tokens.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hourkey::server {

/// The whole server, wired. start() returns when it is listening; stop() drains.
class application {
public:
    /// `env` is where base credentials and the region are looked for. A stop that comes while it starts makes it fail,
    /// soon.
    [[nodiscard]] static result<std::unique_ptr<application>> start(
        config c, credentials::environment env = credentials::process_environment, os::stop_request* stop = nullptr);
    ~application();

    /// SIGHUP: certificates are read again.
    void reload();
    /// Finishes what is in flight, at most so long.
    void stop(std::chrono::seconds drain = std::chrono::seconds{10});

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::uint16_t admin_port() const noexcept { return admin_port_; }
    /// By which clients reach it: https://host[:port].
    [[nodiscard]] std::string public_url() const;
    [[nodiscard]] const std::string& region() const noexcept { return endpoints_->default_region(); }
    /// Of the calls that name no region; with an endpoint of the configuration's or the environment's, that one.
    [[nodiscard]] std::string sts_host() const;
    [[nodiscard]] readiness check_readiness() const;
    [[nodiscard]] aws_identity identify() const;
    /// For the newcomer's mode: why identify() does not know yet who hourkey is; empty when nothing has gone wrong so
    /// far.
    [[nodiscard]] std::string identity_problem() const;

    /// For the newcomer's mode too: what `hourkeyd token create` does, from inside.
    [[nodiscard]] result<tenancy::issued_token> issue_token(const tenancy::token_request& wanted);

private:
    application(config c, os::stop_request* stop);
    [[nodiscard]] result<> wire(const credentials::environment& env);
    /// While it starts; waits for the stop at most so long.
    [[nodiscard]] bool is_stopped_within(std::chrono::milliseconds wait) noexcept;
    [[nodiscard]] result<> go_on();
    void wait_for_base_identity();
    void say_how_sound_the_store_is();
    [[nodiscard]] result<> open_store();
    void go_on_with_keys();
    [[nodiscard]] result<> start_aws(const credentials::environment& env);
    [[nodiscard]] result<> open_doors();
    void connect_metrics();
    void close_store();

    config config_;
    os::stop_request* stop_;  ///< while it starts; may be null
    server_keys keys_;
    obs::metrics metrics_;
    linking::open_findings findings_;
    std::unique_ptr<policy::rate_limits> rates_;
    std::shared_ptr<const net::trusted_proxies> proxies_;
    policy::refusal_counts refusals_;
    vending::held_vends held_;
    std::unique_ptr<net::tls_server_context> tls_;
    std::unique_ptr<net::connection_limits> limits_, admin_limits_, control_limits_;  ///< a door's places are its own
    std::optional<sts::endpoint_table> endpoints_;
    std::optional<aws::principal_arn> principal_;  ///< as configured
    std::shared_ptr<sts::clock_correction> correction_ = std::make_shared<sts::clock_correction>();
    std::atomic<std::optional<errc>> learning_failed_{};  ///< how base_'s last question whose its key is went wrong
    std::unique_ptr<credentials::base_credentials> base_;
    std::vector<std::unique_ptr<worker>> workers_;  ///< the last one serves health, metrics and the control socket
    std::unique_ptr<key_place> key_place_;
    std::unique_ptr<running_copy> copy_;
    std::unique_ptr<side_thread> aside_;
    std::unique_ptr<jobs::runner> jobs_;
    std::unique_ptr<housekeeper> keeper_;
    std::unique_ptr<store::database> database_;  ///< goes first: it lets no completion reach a reactor that is gone
    metric_routes main_routes_, admin_routes_, control_routes_;
    std::string public_url_;  ///< as configured; empty: not
    std::uint16_t port_ = 0, admin_port_ = 0;
    bool stopped_ = false;
};

}  // namespace hourkey::server
