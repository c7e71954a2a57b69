#include "server/housekeeper.hpp"

#include "core/encoding.hpp"
#include "core/time_text.hpp"
#include "linking/finding_store.hpp"
#include "obs/log.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace hourkey::server {
namespace {

constexpr std::chrono::seconds between_looks{2};
/// How often what could not be stored is tried again.
constexpr std::chrono::seconds between_tries{1};
/// A flood must not fill the log too.
constexpr std::chrono::minutes between_cap_warnings{1};

/// All of them, or none.
std::function<result<>(store::transaction&)> appending(std::vector<model::audit_record> counts) {
    return [counts = std::move(counts)](store::transaction& tx) -> result<> {
        for (const auto& one : counts) HK_CHECK(tx.append_audit(one));
        return {};
    };
}

}  // namespace

housekeeper::housekeeper(household of)
    : of_(std::move(of)),
      socket_(of_.control_socket),
      next_head_line_(std::chrono::steady_clock::now() + std::chrono::seconds(of_.settings.audit.head_log_seconds)) {}

/// Each by itself: the rest of the house does not wait for a disk that hangs.
void housekeeper::start(net::reactor& on) {
    const auto spawn = [&](std::chrono::seconds period, chore what) {
        on.spawn(repeat(on.get_executor(), period, what));
    };
    spawn(between_looks, &housekeeper::look_around);
    spawn(between_tries, &housekeeper::store_findings);
    spawn(between_looks, &housekeeper::record_counts);
    spawn(between_looks, &housekeeper::run_jobs);
}

task<> housekeeper::repeat(executor on, std::chrono::seconds period, chore what) {
    boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                      executor>
        pause(on);
    for (;;) {
        pause.expires_after(period);
        co_await pause.async_wait(as_task_tuple);
        co_await (this->*what)();
    }
}

task<> housekeeper::look_around() {
    if (of_.tls.files_changed()) reload_certificate(of_.tls);
    compare_principal();
    log_head_when_due();
    warn_of_caps();
    warn_of_held_log();
    warn_of_lost_socket();
    of_.held.drop_ended(std::chrono::steady_clock::now());
    of_.copy.drop_when_forgotten(std::chrono::steady_clock::now());
    co_return;
}

task<> housekeeper::store_findings() { co_await linking::store_open_findings(of_.database, of_.findings); }

task<> housekeeper::record_counts() {
    if (!of_.database.is_writable()) co_return;
    auto counts = of_.refusals.collect(std::chrono::steady_clock::now());
    if (counts.empty()) co_return;
    auto work = appending(counts);
    const auto written = co_await of_.database.write<void>(std::move(work));
    if (!written) of_.refusals.put_back(std::move(counts));
}

/// A store that does not answer is told of elsewhere; the jobs wait.
task<> housekeeper::run_jobs() {
    if (!of_.database.is_writable()) co_return;
    if (!are_leases_ended_) are_leases_ended_ = (co_await of_.jobs.end_leases()).has_value();
    if (!are_leases_ended_) co_return;
    if (!are_rechecks_planned_) {
        const auto planned = co_await of_.links.plan_rechecks();
        are_rechecks_planned_ = planned && *planned;
    }
    static_cast<void>(co_await of_.jobs.run_due());
}

void housekeeper::store_what_is_left() {
    linking::store_open_findings_now(of_.database, of_.findings);
    auto counts = of_.refusals.collect_all();
    if (counts.empty()) return;
    const auto many = counts.size();
    if (const auto written = of_.database.write_now<void>(appending(std::move(counts))); !written)
        obs::log(obs::level::error, "the last counts of equal refusals were not recorded",
                 {{"records", many}, {"cause", written.error().cause}});
}

void housekeeper::log_head_when_due() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_head_line_) return;
    next_head_line_ = now + std::chrono::seconds(of_.settings.audit.head_log_seconds);
    log_audit_head(of_.database.trail_end(), "running");
}

/// Only an error in the log: vends do not need it, and a server that ends over it would take them away. But who links
/// an account by the trust policies that are shown would let a stranger's account in.
void housekeeper::compare_principal() {
    if (!of_.principal) return;
    const auto base = of_.base.latest();
    if (!base || !base->who || base->who->account_id == compared_account_) return;
    compared_account_ = base->who->account_id;
    if (compared_account_ == of_.principal->account_id) return;
    obs::log(obs::level::error,
             "aws.principal_arn is not in the account of hourkey's own credentials: trust policies name a stranger",
             {{"principal_arn", of_.principal->arn},
              {"own_arn", base->who->arn},
              {"fix", "name hourkey's own user or role in aws.principal_arn, or leave it out"}});
}

void housekeeper::warn_of_caps() {
    const auto refused = of_.limits.refused();
    const auto now = std::chrono::steady_clock::now();
    if (refused == cap_warned_of_ || now < next_cap_warning_) return;
    obs::log(obs::level::warn, "connections were closed at once: a cap is reached",
             {{"connections", refused - cap_warned_of_},
              {"open", of_.limits.open()},
              {"max_connections", of_.limits.most()},
              {"max_connections_per_address", of_.settings.listen.max_connections_per_address}});
    cap_warned_of_ = refused;
    next_cap_warning_ = now + between_cap_warnings;
}

void housekeeper::warn_of_held_log() {
    const auto held = of_.database.figures().log_held_for;
    if (!held_log_.is_due(held, std::chrono::steady_clock::now())) return;
    const auto& path = of_.settings.store.path;
    obs::log(obs::level::warn, "the store's log cannot shrink: something holds a snapshot of the database",
             {{"held_seconds", std::chrono::duration<double>(held).count()},
              {"log_bytes", log_bytes(path)},
              {"fix", "end what reads it, e.g. a sqlite3 shell or a stopped backup; fuser " + path + "-wal names it"}});
}

void housekeeper::warn_of_lost_socket() {
    if (!socket_.has_changed()) return;
    obs::log(
        obs::level::error,
        socket_.path() +
            " (the control socket) has been removed or changed by another program: commands do not reach this server",
        {{"fix", "restart the server"}});
}

void reload_certificate(net::tls_server_context& tls) {
    const auto done = tls.reload();
    if (done) {
        obs::log(obs::level::info, "certificate reloaded", {{"expires", to_rfc3339(tls.expires())}});
    } else {
        obs::log(obs::level::error, "the new certificate was not taken; the old one is still served",
                 {{"cause", done.error().text()}, {"fix", done.error().hint}});
    }
}

void log_audit_head(const store::trail_place& end, std::string_view when) {
    obs::log(obs::level::info, "audit head", {{"when", when}, {"seq", end.seq}, {"hash", to_hex(end.hash)}});
}

std::uintmax_t log_bytes(const std::string& store_path) {
    std::error_code absent;
    const auto size = std::filesystem::file_size(store_path + "-wal", absent);
    return absent ? 0 : size;
}

}  // namespace hourkey::server
