#pragma once

#include "aws/principal.hpp"
#include "core/task.hpp"
#include "credentials/base_credentials.hpp"
#include "jobs/runner.hpp"
#include "linking/linker.hpp"
#include "linking/open_findings.hpp"
#include "net/connection_limits.hpp"
#include "net/reactor.hpp"
#include "net/tls_context.hpp"
#include "policy/refusal_counts.hpp"
#include "server/config.hpp"
#include "server/store_files/held_log_warning.hpp"
#include "server/store_files/running_copy.hpp"
#include "server/store_files/socket_watch.hpp"
#include "store/database.hpp"
#include "vending/held_vends.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::server {

/// What a running server does unasked: it looks after its certificate, its caps and its files, tells what an operator
/// should know, writes the audit's head into the log, and stores what is kept in memory meanwhile. All of it on one
/// reactor's thread, the house's.
class housekeeper {
public:
    /// What it looks after; thread-safe, or the house's alone.
    struct household {
        const config& settings;
        store::database& database;
        linking::open_findings& findings;
        policy::refusal_counts& refusals;
        vending::held_vends& held;
        const net::connection_limits& limits;
        net::tls_server_context& tls;
        const credentials::base_credentials& base;
        std::optional<aws::principal_arn> principal;  ///< as configured
        running_copy& copy;
        jobs::runner& jobs;
        const linking::linker& links;  ///< the house's
        std::string control_socket;
    };
    explicit housekeeper(household of);

    /// Begins. `on` ends before this does.
    void start(net::reactor& on);
    /// What is still in memory goes into the store: when `on` has ended, and before the store closes.
    void store_what_is_left();

private:
    using chore = task<> (housekeeper::*)();
    task<> repeat(executor on, std::chrono::seconds period, chore what);
    task<> look_around();
    task<> store_findings();
    task<> record_counts();
    task<> run_jobs();
    void log_head_when_due();
    void compare_principal();
    void warn_of_caps();
    void warn_of_held_log();
    void warn_of_lost_socket();

    household of_;
    socket_watch socket_;
    held_log_warning held_log_;
    std::string compared_account_;  ///< of the last base identity that was held against the configured principal
    bool are_leases_ended_ = false;
    bool are_rechecks_planned_ = false;
    std::uint64_t cap_warned_of_ = 0;
    steady_time next_cap_warning_{};
    steady_time next_head_line_;
};

/// A certificate that has changed is read again; what comes of it is in the log.
void reload_certificate(net::tls_server_context& tls);

/// Writes the audit's head into the log, which is another place than the database: `audit verify --since SEQ:HASH`
/// checks the trail against it later. It is what the server has written, not what a file says. `when`: start, running,
/// stop.
void log_audit_head(const store::trail_place& end, std::string_view when);

/// How long the store's log is, in bytes.
[[nodiscard]] std::uintmax_t log_bytes(const std::string& store_path);

}  // namespace hourkey::server
