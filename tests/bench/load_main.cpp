// Sends requests to a server over TLS and prints what came of them as one line of JSON.

#include "load.hpp"
#include "net/tls_context.hpp"
#include "os/descriptor_limit.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>

namespace hourkey::bench {
namespace {

struct options {
    std::string url, ca_file, body;
    std::vector<std::string> headers;
    load_shape shape;
    std::size_t idle = 0;
};

/// `https://HOST:PORT/TARGET`, nothing else.
std::optional<aim> aim_at(const options& o, net::ssl_ctx_ptr tls) {
    constexpr std::string_view scheme = "https://";
    const std::string_view url = o.url;
    const auto colon = url.find(':', scheme.size()), slash = url.find('/', scheme.size());
    if (!url.starts_with(scheme) || colon > slash || slash == std::string_view::npos) return std::nullopt;
    const auto port = std::strtoul(url.data() + colon + 1, nullptr, 10);
    if (port == 0 || port > 65535) return std::nullopt;
    aim out;
    out.to.host = url.substr(scheme.size(), colon - scheme.size());
    out.to.port = static_cast<std::uint16_t>(port);
    out.to.tls = std::move(tls);
    out.request.verb = o.body.empty() ? http::method::get : http::method::post;
    out.request.target = url.substr(slash);
    out.request.host = url.substr(scheme.size(), slash - scheme.size());
    out.request.body = o.body;
    if (!o.body.empty())
        out.request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"});
    if (o.shape.new_connections) out.request.headers.push_back({"Connection", "close"});
    for (const auto& header : o.headers) {
        const auto at = header.find(": ");
        if (at == std::string::npos) return std::nullopt;
        out.request.headers.push_back({header.substr(0, at), header.substr(at + 2)});
    }
    return out;
}

double percentile_ms(const std::vector<std::uint32_t>& sorted_us, double share) {
    if (sorted_us.empty()) return 0;
    const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted_us.size() - 1));
    return sorted_us[at] / 1000.0;
}

void print(const load_figures& f) {
    std::string errors;
    for (const auto& [what, times] : f.errors)
        errors += (errors.empty() ? "\"" : ",\"") + what + "\":" + std::to_string(times);
    std::printf(
        "{\"completed\":%llu,\"errors\":{%s},\"seconds\":%.4f,\"rate\":%.1f,\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":"
        "%.3f,\"max_ms\":%.3f}\n",
        static_cast<unsigned long long>(f.completed), errors.c_str(), f.seconds,
        static_cast<double>(f.completed) / f.seconds, percentile_ms(f.latencies_us, 0.50),
        percentile_ms(f.latencies_us, 0.90), percentile_ms(f.latencies_us, 0.99), percentile_ms(f.latencies_us, 1));
}

int run(const options& o) {
    std::signal(SIGPIPE, SIG_IGN);
    os::raise_descriptor_limit();  // 10,000 connections need it
    auto tls = net::make_tls_client_context(o.ca_file);
    if (!tls) {
        std::fprintf(stderr, "--ca: %s\n", std::string(tls.error().text()).c_str());
        return 2;
    }
    const auto at = aim_at(o, *std::move(tls));
    if (!at) {
        std::fprintf(stderr, "--url is https://HOST:PORT/TARGET, --header is 'Name: value'\n");
        return 2;
    }
    net::reactor reactor;
    if (o.idle > 0) return hold_idle(reactor, *at, o.idle);
    print(run_load(reactor, *at, o.shape));
    return 0;
}

}  // namespace
}  // namespace hourkey::bench

int main(int argc, char** argv) {
    CLI::App app{"A load over TLS; prints rate and latency as JSON"};
    hourkey::bench::options o;
    app.add_option("--url", o.url, "https://HOST:PORT/TARGET")->required();
    app.add_option("--ca", o.ca_file, "the CA to trust")->required();
    app.add_option("--header", o.headers, "'Name: value', any number");
    app.add_option("--body", o.body, "a form; makes it a POST");
    app.add_option("--connections", o.shape.connections)->check(CLI::PositiveNumber);
    app.add_option("--warm-up", o.shape.warm_up_seconds, "seconds before the measurement");
    app.add_option("--seconds", o.shape.seconds);
    app.add_option("--requests", o.shape.requests, "stop after so many instead");
    app.add_option("--rate", o.shape.rate, "open loop: so many a second, timed from when they were due");
    app.add_flag("--new-connections", o.shape.new_connections, "a new connection for each request");
    app.add_option("--idle", o.idle, "only hold so many idle connections, until standard input ends");
    CLI11_PARSE(app, argc, argv);
    return hourkey::bench::run(o);
}
