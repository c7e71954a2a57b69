#include "serving.hpp"

#include "net/connection_limits.hpp"
#include "net/listener.hpp"
#include "net/tls_context.hpp"

#include <csignal>
#include <cstdio>
#include <limits>
#include <thread>
#include <vector>

namespace hourkey::bench {
namespace {

/// What one thread owns, in the order of need.
struct lane {
    net::reactor reactor;
    std::unique_ptr<http::service> service;
    std::unique_ptr<http::server> server;
    std::unique_ptr<net::listener> listener;
};

http::server_limits endless() {
    http::server_limits limits;
    limits.requests_per_connection =
        std::numeric_limits<std::size_t>::max();  // as nginx's keepalive_requests is raised
    return limits;
}

}  // namespace

void serving_options::add_to(CLI::App& app) {
    app.add_option("--port", port, "0: a free one");
    app.add_option("--cert", cert_file)->required();
    app.add_option("--key", key_file)->required();
    app.add_option("--threads", threads)->check(CLI::PositiveNumber);
}

http::response plain_service::refuse(const failure& why, const net::peer&) {
    http::response out;
    out.status = describe(why.code).http_status;
    out.body = std::string(why.text());
    out.close = true;
    return out;
}

int give_up(const failure& why) {
    std::fprintf(stderr, "%s %s (%s)\n", std::string(why.text()).c_str(), why.hint.c_str(), why.cause.c_str());
    return 1;
}

int serve(const serving_options& options, const make_service& make) {
    std::signal(SIGPIPE, SIG_IGN);
    auto tls = net::tls_server_context::load(options.cert_file, options.key_file);
    if (!tls) return give_up(tls.error());
    net::connection_limits limits(net::connection_caps{});
    std::vector<std::unique_ptr<lane>> lanes;
    auto port = options.port;
    for (unsigned n = 0; n < options.threads; ++n) {
        auto& own = *lanes.emplace_back(std::make_unique<lane>());
        own.service = make(own.reactor);
        own.server = std::make_unique<http::server>(own.reactor, *own.service, endless());
        auto bound = net::listener::bind_tcp(own.reactor, "127.0.0.1", port, tls->get(), limits);
        if (!bound) return give_up(bound.error());
        own.listener = *std::move(bound);
        own.server->attach(*own.listener);
        port = own.listener->port();
    }
    std::printf("listening %u\n", unsigned{port});
    std::fflush(stdout);
    std::vector<std::jthread> threads;
    for (auto& each : lanes) threads.emplace_back([&each] { each->reactor.run(); });
    return 0;
}

}  // namespace hourkey::bench
