#include "server/application.hpp"

#include "crypto/random.hpp"
#include "server/adapters/reseal_job.hpp"
#include "server/adapters/verification_jobs.hpp"

#include "aws/partition.hpp"
#include "aws/principal.hpp"
#include "core/ip_address.hpp"
#include "obs/log.hpp"
#include "os/descriptor_limit.hpp"
#include "server/foundation/foundation.hpp"
#include "server/foundation/public_url.hpp"
#include "server/foundation/rate_settings.hpp"
#include "server/store_files/store_opening.hpp"
#include "server/store_files/store_place.hpp"
#include "server/version.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <thread>

namespace hourkey::server {
namespace {

/// So that who asks first is told whom a role has to trust. An STS that cannot be reached stops nothing.
constexpr std::chrono::seconds base_identity_wait{3};
constexpr std::chrono::milliseconds between_looks_for_a_stop{50};

/// Probes and scrapes: a handful at a time, from one address as a rule, so whoever has been silent longest gives way to
/// the next.
const net::connection_caps admin_caps{.total = 64, .handshaking = 16, .newcomers_claim = net::crowd::claim::any_share};
/// Commands of the same machine, one at a time.
const net::connection_caps control_caps{
    .total = 16, .handshaking = 16, .newcomers_claim = net::crowd::claim::any_share};
/// Both are spoken to by programs that say at once what they want.
constexpr http::server_limits house_http_limits{.header = std::chrono::milliseconds{2'000},
                                                .idle = std::chrono::milliseconds{5'000}};

void tell_failed_job(const model::job& j, const std::string& why) {
    obs::log(obs::level::warn, "a job did not end; it is tried again",
             {{"job", to_text(j.key.kind)},
              {"tenant_id", j.key.tenant_id.is_nil() ? std::string() : j.key.tenant_id.str()},
              {"target", j.key.target},
              {"attempts", j.attempts},
              {"cause", why}});
}

void warn_of_lowered_cap(std::uint32_t wanted, std::size_t most) {
    if (most >= wanted) return;
    obs::log(obs::level::warn, "listen.max_connections is lowered",
             {{"max_connections", most},
              {"wanted", wanted},
              {"descriptor_limit", os::descriptor_limit()},
              {"fix",
               "raise the limit on open files (LimitNOFILE in the unit, ulimit -Hn elsewhere), or set "
               "listen.max_connections to what it lets"}});
}

obs::sts_outcome outcome_of(std::optional<errc> failed) {
    using enum obs::sts_outcome;
    if (!failed) return ok;
    switch (*failed) {
        case errc::sts_throttled: return throttled;
        case errc::sts_timeout: return timeout;
        case errc::sts_invalid_answer: return malformed;
        case errc::sts_unavailable:
        case errc::base_credentials_unavailable: return unavailable;
        default: return rejected;
    }
}

}  // namespace

application::application(config c, os::stop_request* stop) : config_(std::move(c)), stop_(stop), metrics_(version) {}

application::~application() { stop(); }

result<std::unique_ptr<application>> application::start(config c, credentials::environment env,
                                                        os::stop_request* stop) {
    std::unique_ptr<application> app(new application(std::move(c), stop));
    HK_CHECK(app->go_on());
    HK_CHECK(app->wire(env));
    return app;
}

bool application::is_stopped_within(std::chrono::milliseconds wait) noexcept {
    return stop_ != nullptr && stop_->came_within(wait);
}

result<> application::go_on() {
    if (is_stopped_within({}))
        return failure(errc::store_unavailable, "Stopped before the start was complete.", {}, {});
    return {};
}

result<> application::wire(const credentials::environment& env) {
    HK_TRY(auto base, lay_foundation(config_, env));
    tls_ = std::move(base.tls);
    endpoints_ = std::move(base.choice.endpoints);
    principal_ = std::move(base.principal);
    public_url_ = std::move(base.public_url);
    proxies_ = std::move(base.proxies);
    rates_ = make_rate_limits(std::move(base.rates), metrics_);
    log_notices(base.choice);
    HK_CHECK(open_store());
    HK_CHECK(go_on());
    HK_CHECK(start_aws(env));
    HK_CHECK(go_on());
    connect_metrics();
    HK_CHECK(open_doors());
    say_how_sound_the_store_is();
    return {};
}

void application::say_how_sound_the_store_is() {
    if (database_->checked() == store::soundness::sound) return;
    if (database_->checked() == store::soundness::trusted) {
        obs::log(obs::level::info, "the store was closed cleanly; its file has not been read through");
        return;
    }
    obs::log(obs::level::warn, "the store was not closed cleanly: its file is read through in the background");
    database_->read_through([](const result<>& found) {
        if (found) return obs::log(obs::level::info, "the store's file has been read through: it is whole");
        const bool is_damaged = found.error().code == errc::store_corrupt;
        obs::log(obs::level::error,
                 is_damaged ? "the store's file is damaged: nothing is written any more"
                            : "the store's file could not be read through",
                 {{"cause", found.error().text()}, {"detail", found.error().cause}, {"fix", found.error().hint}});
    });
}

result<> application::open_store() {
    HK_CHECK(make_store_folder(config_));
    HK_TRY(keys_,
           load_server_keys(config_.server_key_file(), config_.store.path,
                            config_.store.begin_anew ? key_creation::insisted : key_creation::with_new_database));
    HK_TRY(database_, open_database(config_, keys_, [this] { return is_stopped_within({}); }));
    go_on_with_keys();
    log_audit_head(database_->trail_end(), "start");
    return {};
}

void application::go_on_with_keys() {
    if (const auto undead = list_undead(keys_))
        for (const auto key : *undead)
            obs::log(obs::level::warn, "a server key is retired, but it is still in the key file",
                     {{"key", key}, {"file", keys_.file}, {"fix", "run hourkeyd key retire again"}});
    if (keys_.ring->checks().size() == 1) return;
    if (const auto put = database_->write_now<void>(go_on_resealing); !put)
        obs::log(obs::level::warn, "whether rows are still sealed with an older server key is not known",
                 {{"cause", put.error().text()}, {"detail", put.error().cause}});
}

result<> application::start_aws(const credentials::environment& env) {
    credentials::base_credentials_settings settings;
    settings.variables = env;
    settings.ca_file = endpoints_->ca_file();
    settings.calls.correction = correction_;
    settings.calls.on_call = [this](const sts::call_report& report) {
        if (report.operation == "GetCallerIdentity") learning_failed_ = report.failed;
    };
    HK_TRY(base_, credentials::base_credentials::start(std::move(settings), *endpoints_));
    wait_for_base_identity();
    const auto status = base_->status();
    if (status.ready) {
        obs::log(obs::level::info, "base credentials",
                 {{"source", status.source}, {"access_key_id", status.access_key_id}, {"arn", status.arn}});
    } else {
        obs::log(obs::level::warn, "no valid base credentials yet: nothing can be vended until there are",
                 {{"cause", status.problem}});
    }
    return {};
}

void application::wait_for_base_identity() {
    const auto until = deadline::after(base_identity_wait);
    const auto is_known_by = [this](deadline d) {
        return config_.aws.principal_arn.empty() ? base_->wait_for_owner(d) : base_->wait_for_first(d);
    };
    while (!is_known_by(deadline::after(between_looks_for_a_stop).sooner(until)) &&
           !until.has_passed(std::chrono::steady_clock::now()))
        if (is_stopped_within({})) return;
}

void application::connect_metrics() {
    auto& m = metrics_;
    m.open_connections.read_from([this] { return static_cast<double>(limits_->open()); });
    m.connections_refused.read_from([this] { return limits_->refused(); });
    m.connections_displaced.read_from([this] { return limits_->displaced(); });
    m.tls_handshake_failures.read_from([this] {
        std::uint64_t sum = 0;
        for (const auto& w : workers_) sum += w->handshake_failures();
        return sum;
    });
    m.audit_records.read_from([this] { return database_->figures().audit_records; });
    m.store_bytes.read_from([this] { return static_cast<double>(database_->figures().store_bytes); });
    m.disk_free_bytes.read_from([this] { return static_cast<double>(database_->figures().disk_free_bytes); });
    m.disk_floor_bytes.set(static_cast<double>(config_.store.min_free_mib) * 1024 * 1024);
    m.audit_write_failures.read_from([this] {
        const auto done = database_->figures();
        return done.failures + done.refused;
    });
    m.store_log_bytes.read_from([this] { return static_cast<double>(log_bytes(config_.store.path)); });
    m.store_log_held.read_from(
        [this] { return std::chrono::duration<double>(database_->figures().log_held_for).count(); });
    m.base_credentials_valid.read_from([this] { return base_->status().valid ? 1.0 : 0.0; });
    m.broken_seals.read_from([this] { return database_->figures().broken_seals; });
    m.base_credentials_expiry.read_from([this] {
        const auto status = base_->status();
        if (status.access_key_id.empty()) return 0.0;
        return status.expires_in ? static_cast<double>(status.expires_in->count())
                                 : std::numeric_limits<double>::infinity();
    });
    m.refusals_counted.read_from([this] { return refusals_.counted(); });
    m.refusal_counts_lost.read_from([this] { return refusals_.lost(); });
    m.log_scrubbed.read_from([] { return obs::scrubbed_total(); });
    m.clock_skew.read_from([this] { return std::chrono::duration<double>(correction_->measured()).count(); });
    database_->on_commit([&m](double seconds, std::size_t) {
        m.audit_commit_duration.observe(std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9)));
    });
    main_routes_ = register_routes(opening::main, m);
    admin_routes_ = register_routes(opening::admin, m);
    control_routes_ = register_routes(opening::control, m);
}

result<> application::open_doors() {
    const auto threads =
        config_.listen.threads != 0 ? config_.listen.threads : std::max(1U, std::thread::hardware_concurrency());
    net::connection_caps caps;
    caps.threads = threads;
    caps.total = config_.listen.max_connections;
    caps.per_address = config_.listen.max_connections_per_address;
    if (proxies_) caps.proxies = proxies_->from;
    limits_ = std::make_unique<net::connection_limits>(caps);
    warn_of_lowered_cap(config_.listen.max_connections, limits_->most());
    admin_limits_ = std::make_unique<net::connection_limits>(admin_caps);
    control_limits_ = std::make_unique<net::connection_limits>(control_caps);

    key_place_ = std::make_unique<key_place>(place_of(config_, keys_));
    aside_ = std::make_unique<side_thread>();
    jobs_ = std::make_unique<jobs::runner>(*database_, system_clock(), crypto::make_ulid(system_clock().now()),
                                           crypto::random_number, tell_failed_job);
    jobs_->on(model::job_kind::key_reseal,
              [this](const model::job&) { return reseal_rows(*database_, system_clock()); });
    copy_ = std::make_unique<running_copy>(config_.store.path, std::uint64_t{config_.store.min_free_mib} * 1024 * 1024);
    sts::channel_settings calls;
    calls.correction = correction_;
    calls.attempt_timeout = std::min(calls.attempt_timeout, std::chrono::milliseconds(config_.vending.sts_timeout_ms));
    calls.on_call = [this](const sts::call_report& report) {
        metrics_.sts_requests.add(outcome_of(report.failed));
        metrics_.sts_request_duration.observe(report.took);
    };
    const shared_parts parts{.clock = system_clock(),
                             .database = *database_,
                             .keys = *key_place_,
                             .copy = *copy_,
                             .aside = *aside_,
                             .token_keys = keys_.ring->token_keys(),
                             .rates = *rates_,
                             .refusals = refusals_,
                             .held = held_,
                             .base = *base_,
                             .endpoints = *endpoints_,
                             .calls = calls,
                             .metrics = metrics_,
                             .findings = findings_,
                             .default_duration = std::chrono::seconds(config_.vending.default_duration_seconds),
                             .sts_timeout = std::chrono::milliseconds(config_.vending.sts_timeout_ms),
                             .verify_every = std::chrono::seconds(config_.linking.verify_every),
                             .check_readiness = [this] { return check_readiness(); },
                             .identify = [this] { return identify(); }};

    port_ = config_.listen.port;
    for (std::uint32_t i = 0; i < threads; ++i) {
        auto w = std::make_unique<worker>(parts);
        const auto use = i == 0 ? net::port_use::alone : net::port_use::joined;
        HK_TRY(auto listener,
               net::listener::bind_tcp(w->on(), config_.listen.address, port_, tls_.get(), *limits_, use));
        port_ = listener->port();  // a free port taken by the first is shared by the others
        w->open(opening::main, std::move(listener), main_routes_, {}, proxies_);
        workers_.push_back(std::move(w));
    }

    auto house = std::make_unique<worker>(parts);
    const auto address = parse_address(config_.admin.address);
    const bool plain = address && is_loopback(*address);
    HK_TRY(auto admin, net::listener::bind_tcp(house->on(), config_.admin.address, config_.admin.port,
                                               plain ? nullptr : tls_.get(), *admin_limits_, net::port_use::alone));
    admin_port_ = admin->port();
    house->open(opening::admin, std::move(admin), admin_routes_, house_http_limits);
    HK_TRY(auto control, net::listener::bind_unix(house->on(), control_socket_path(config_), *control_limits_));
    house->open(opening::control, std::move(control), control_routes_, house_http_limits);
    jobs_->on(model::job_kind::connection_verify,
              [&links = house->links()](model::job j) { return finish_verification(links, std::move(j)); });
    jobs_->on(model::job_kind::connection_recheck,
              [&links = house->links()](model::job j) { return recheck_connection(links, std::move(j)); });
    keeper_ = std::make_unique<housekeeper>(housekeeper::household{.settings = config_,
                                                                   .database = *database_,
                                                                   .findings = findings_,
                                                                   .refusals = refusals_,
                                                                   .held = held_,
                                                                   .limits = *limits_,
                                                                   .tls = *tls_,
                                                                   .base = *base_,
                                                                   .principal = std::move(principal_),
                                                                   .copy = *copy_,
                                                                   .jobs = *jobs_,
                                                                   .links = house->links(),
                                                                   .control_socket = control_socket_path(config_)});
    keeper_->start(house->on());
    workers_.push_back(std::move(house));

    for (auto& w : workers_) w->start();
    obs::log(obs::level::info, "listening",
             {{"address", config_.listen.address},
              {"port", port_},
              {"url", public_url()},
              {"admin_address", config_.admin.address},
              {"admin_port", admin_port_},
              {"threads", threads}});
    return {};
}

void application::reload() { reload_certificate(*tls_); }

void application::stop(std::chrono::seconds drain) {
    if (stopped_) return;
    stopped_ = true;
    const auto until = deadline::after(drain);
    for (auto& w : workers_) w->drain(until);
    for (auto& w : workers_) w->join();
    if (keeper_) keeper_->store_what_is_left();
    const bool was_open = keeper_ != nullptr;
    keeper_.reset();
    copy_.reset();
    aside_.reset();
    close_store();
    workers_.clear();
    base_.reset();
    if (was_open) obs::log(obs::level::info, "stopped");
    obs::flush();
}

void application::close_store() {
    if (!database_) return;
    const auto end = database_->close();
    database_.reset();
    log_audit_head(end, "stop");
}

std::string application::public_url() const {
    return public_url_.empty() ? own_url(config_.listen.address, port_) : public_url_;
}

std::string application::sts_host() const {
    const auto endpoint = endpoints_->for_region(region());
    return endpoint ? endpoint->host_field : std::string();
}

readiness application::check_readiness() const {
    readiness r;
    r.store_writable = database_->is_writable();
    r.audit_writable = r.store_writable && database_->figures().healthy;
    r.base_credentials_valid = base_->status().ready;
    r.store_checked = database_->checked();
    return r;
}

aws_identity application::identify() const {
    aws_identity out{.principal_arn = config_.aws.principal_arn, .partition = {}};
    if (const auto* p = aws::partition_of_region(endpoints_->default_region())) out.partition = p->name;
    const auto base = base_->latest();  // expired or not, hourkey is the same
    if (!out.principal_arn.empty() || !base) return out;
    if (const auto& role = base->assumed) {
        out.principal_arn = role->str();
    } else if (const auto& who = base->who) {
        auto p = aws::principal_of(*who);
        out.principal_arn = std::move(p.arn);
        out.path_is_guessed = p.path_is_guessed;
        out.may_assume_roles = p.may_assume_roles;
    }
    return out;
}

std::string application::identity_problem() const {
    auto problem = base_->status().problem;
    if (!problem.empty()) return problem;
    const auto failed = learning_failed_.load();
    if (!failed) return {};
    // No IAM policy can deny that call.
    if (*failed == errc::trust_refused)
        return "AWS refuses GetCallerIdentity: let it through in the policy of the VPC endpoint to STS, or set "
               "aws.principal_arn (HOURKEY_AWS__PRINCIPAL_ARN)";
    return std::string(describe(*failed).message);
}

result<tenancy::issued_token> application::issue_token(const tenancy::token_request& wanted) {
    return tenancy::issue_token_now(*database_, auth::authenticator(keys_.ring->token_keys()), wanted,
                                    system_clock().now());
}

}  // namespace hourkey::server
