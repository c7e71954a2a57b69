#include "server/worker.hpp"

#include "obs/log.hpp"
#include "server/openapi.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>

namespace hourkey::server {

worker::worker(const shared_parts& with)
    : authenticator_(with.token_keys),
      views_(with.database, with.findings),
      vend_store_(with.database, views_, with.findings, with.refusals, with.clock),
      shares_(reactor_, with.calls.pool.max_connections),
      sts_(reactor_, with.endpoints, with.base, with.calls),
      gate_(sts_, with.database, with.rates, shares_, with.clock),
      assumer_(gate_),
      probe_(gate_, sts_),
      host_(with.identify, with.endpoints, with.verify_every),
      links_(with.database, with.findings, probe_, host_, with.clock),
      vendor_(vend_store_, assumer_, with.default_duration, with.clock),
      services_{.clock = with.clock,
                .database = with.database,
                .views = views_,
                .keys = with.keys,
                .copy = with.copy,
                .aside = with.aside,
                .authenticator = authenticator_,
                .rates = with.rates,
                .vendor = vendor_,
                .held = with.held,
                .links = links_,
                .metrics = with.metrics,
                .sts_timeout = with.sts_timeout,
                .check_readiness = with.check_readiness,
                .openapi = openapi(),
                .spawn = {}} {
    services_.spawn = [this](task<> what) { reactor_.spawn(std::move(what)); };
    reactor_.on_escaped = [](const char* what) {
        obs::log(obs::level::error, "an exception escaped a coroutine", {{"cause", what}});
    };
}

worker::~worker() { join(); }

void worker::open(opening o, std::unique_ptr<net::listener> listener, const metric_routes& known_as,
                  http::server_limits limits, std::shared_ptr<const net::trusted_proxies> proxies) {
    front f{.listener = std::move(listener),
            .service = std::make_unique<request_service>(mount(o, services_), services_, known_as),
            .server = nullptr};
    f.server = std::make_unique<http::server>(reactor_, *f.service, limits, std::move(proxies));
    fronts_.push_back(std::move(f));
}

void worker::start() {
    for (auto& f : fronts_) f.server->attach(*f.listener);
    thread_ = std::thread([this] { reactor_.run(); });
}

std::uint64_t worker::handshake_failures() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& f : fronts_) sum += f.server->handshake_failures();
    return sum;
}

task<> worker::wait_until_quiet(deadline until) {
    using timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                    boost::asio::wait_traits<std::chrono::steady_clock>, executor>;
    timer pause(reactor_.get_executor());
    const auto is_busy = [this] {
        return std::ranges::any_of(fronts_, [](const front& f) { return f.server->connections() != 0; });
    };
    while (is_busy() && !until.has_passed(std::chrono::steady_clock::now())) {
        pause.expires_after(std::chrono::milliseconds(20));
        co_await pause.async_wait(as_task_tuple);
    }
    reactor_.stop();
}

void worker::drain(deadline until) {
    boost::asio::post(reactor_.context(), [this, until] {
        for (auto& f : fronts_) {
            f.listener->stop();
            f.server->drain();
        }
        reactor_.spawn(wait_until_quiet(until));
    });
}

void worker::join() {
    if (thread_.joinable()) thread_.join();
}

}  // namespace hourkey::server
