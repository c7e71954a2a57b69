#include "net/connection_pool.hpp"

#include "loopback.hpp"
#include "net/listener.hpp"

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <thread>
#include <vector>

using namespace hourkey;
using namespace hourkey::test;

namespace {

/// For what takes no time on a machine that has any.
constexpr auto patience = 25s;

/// An echo server on the same reactor; `act` may do something else with a connection.
struct far_end {
    net::reactor on;
    tls_pair tls;
    net::connection_limits limits{{}};
    std::unique_ptr<net::listener> from;
    std::vector<std::shared_ptr<net::byte_stream>> connections;
    std::string surplus;  ///< sent behind every echo

    explicit far_end(bool with_tls = true) {
        from = net::listener::bind_tcp(on, "127.0.0.1", 0, with_tls ? tls.server.get() : nullptr, limits).value();
        from->start([this](net::accepted a) {
            connections.push_back(std::move(a.stream));
            on.spawn(echo(this, connections.back(), std::move(a.slot)));
        });
    }
    ~far_end() {
        for (auto& c : connections) c->close();
    }
    [[nodiscard]] net::endpoint at(std::string host = "127.0.0.1") const {
        return {std::move(host), from->port(), tls.client};
    }

    static task<> echo(far_end* self, std::shared_ptr<net::byte_stream> stream, net::connection_slot slot) {
        if (!co_await stream->handshake()) co_return;
        slot.handshake_done();
        std::array<char, 1000> bytes{};
        for (;;) {
            const auto n = co_await stream->read_some(bytes);
            if (!n || *n == 0) break;
            const auto answer = std::string(bytes.data(), *n) + self->surplus;
            if (!co_await stream->write_all(answer)) break;
        }
        stream->close();
    }
};

/// A blocking server that gives sessions, which ours never does; one connection after the other.
class ticket_server {
public:
    ticket_server(const tls_pair& tls, int version, bool tickets, int connections)
        : acceptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(where);
        REQUIRE(::bind(acceptor_, reinterpret_cast<const sockaddr*>(&where), size) == 0);
        REQUIRE(::listen(acceptor_, 8) == 0);
        REQUIRE(::getsockname(acceptor_, reinterpret_cast<sockaddr*>(&where), &size) == 0);
        port_ = ntohs(where.sin_port);
        thread_ = std::thread([this, version, tickets, connections, cert = tls.directory.file("cert.pem"),
                               key = tls.directory.file("key.pem")] {
            auto* context = SSL_CTX_new(TLS_server_method());
            SSL_CTX_use_certificate_chain_file(context, cert.c_str());
            SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM);
            SSL_CTX_set_max_proto_version(context, version);
            if (!tickets) SSL_CTX_set_num_tickets(context, 0);
            for (int i = 0; i < connections; ++i) serve_one(context);
            SSL_CTX_free(context);
        });
    }
    ~ticket_server() { finish(); }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    std::uint64_t finish() {
        if (thread_.joinable()) thread_.join();
        if (acceptor_ >= 0) ::close(std::exchange(acceptor_, -1));
        return resumed_;
    }

private:
    void serve_one(SSL_CTX* context) {
        const int fd = ::accept(acceptor_, nullptr, nullptr);
        auto* ssl = SSL_new(context);
        SSL_set_fd(ssl, fd);
        std::array<char, 16> bytes{};
        if (SSL_accept(ssl) == 1) {
            resumed_ += static_cast<std::uint64_t>(SSL_session_reused(ssl));
            for (int n = 0; (n = SSL_read(ssl, bytes.data(), static_cast<int>(bytes.size()))) > 0;)
                SSL_write(ssl, bytes.data(), n);
            SSL_shutdown(ssl);
        }
        SSL_free(ssl);
        ::close(fd);
    }

    int acceptor_;
    std::uint16_t port_ = 0;
    std::uint64_t resumed_ = 0;
    std::thread thread_;
};

task<bool> exchange(net::connection_pool::lease& over) {
    if (!co_await over.stream().write_all("ping")) co_return false;
    std::array<char, 4> into{};
    const auto n = co_await over.stream().read_some(into);
    co_return n.has_value() && *n == 4;
}

/// One acquire, one exchange, kept. Whether the connection was reused.
task<bool> use_once(net::connection_pool& pool,
                    net::connection_pool::freshness wanted = net::connection_pool::freshness::any) {
    auto lease = co_await pool.acquire(deadline::after(patience), wanted);
    REQUIRE(lease.has_value());
    CHECK(co_await exchange(*lease));
    lease->keep();
    co_return lease->is_reused();
}

using freshness = net::connection_pool::freshness;

}  // namespace

TEST_CASE("a kept connection is used again, one that was not kept is closed") {
    far_end far;
    net::connection_pool pool(far.on, far.at("localhost"));
    run_on(far.on, [&]() -> task<> {
        CHECK_FALSE(co_await use_once(pool));
        CHECK(co_await use_once(pool));
        CHECK(far.connections.size() == 1);
        CHECK(pool.open() == 1);
        CHECK(pool.idle() == 1);
        CHECK_FALSE(co_await use_once(pool, freshness::fresh));
        CHECK(pool.idle() == 2);
        {
            const auto dropped = co_await pool.acquire(deadline::after(patience));
            CHECK(dropped.has_value());
        }
        CHECK(pool.open() == 1);
    }());
}

TEST_CASE("an idle connection is dropped when the peer closed it or sent what nobody asked for") {
    struct row {
        const char* name;
        bool closes;
        bool with_tls;
    };
    for (const auto& r : {row{"closed, TLS", true, true}, row{"surplus, TLS", false, true},
                          row{"closed, plain", true, false}, row{"surplus, plain", false, false}}) {
        CAPTURE(r.name);
        far_end far(r.with_tls);
        auto to = far.at();
        if (!r.with_tls) to.tls.reset();
        net::connection_pool pool(far.on, to);
        run_on(far.on, [&]() -> task<> {
            if (!r.closes) far.surplus = "and another thing";
            CHECK_FALSE(co_await use_once(pool));
            if (r.closes) far.connections[0]->close();
            far.surplus.clear();
            // What went out before a whole round trip on the same wire has arrived.
            net::connection_pool other(far.on, to);
            CHECK_FALSE(co_await use_once(other));
            CHECK_FALSE(co_await use_once(pool));
            CHECK(co_await use_once(pool));
            CHECK(far.connections.size() == 3);
            CHECK(pool.open() == 1);
        }());
    }
}

TEST_CASE("above the bound callers wait in order for a lease to end, until their own deadline") {
    far_end far;
    net::pool_settings settings;
    settings.max_connections = 1;
    net::connection_pool pool(far.on, far.at(), settings);
    run_on(far.on, [&]() -> task<> {
        auto held = co_await pool.acquire(deadline::after(patience));
        REQUIRE(held.has_value());
        CHECK(co_await exchange(*held));

        std::string order;
        const auto wait_turn = [](net::connection_pool& from, std::string& log, char name, freshness wanted) -> task<> {
            auto mine = co_await from.acquire(deadline::after(patience), wanted);
            REQUIRE(mine.has_value());
            log += name;
            if (mine->is_reused()) log += '+';
            CHECK(co_await exchange(*mine));
            mine->keep();
        };
        background a{far.on}, b{far.on}, c{far.on};
        a.start(wait_turn(pool, order, 'a', freshness::any));
        b.start(wait_turn(pool, order, 'b', freshness::fresh));
        c.start(wait_turn(pool, order, 'c', freshness::any));
        const auto started = std::chrono::steady_clock::now();
        const auto late = co_await pool.acquire(deadline::after(60ms));
        REQUIRE_FALSE(late.has_value());
        CHECK(late.error().code == errc::deadline_exceeded);
        CHECK(std::chrono::steady_clock::now() - started < patience - 5s);  // its own deadline, not the others'
        CHECK(order.empty());

        held->keep();
        co_await a.finish();
        co_await b.finish();
        co_await c.finish();
        CHECK(order == "a+bc+");
        CHECK(pool.open() == 1);
        CHECK(far.connections.size() == 2);
    }());
}

TEST_CASE("a lease that ends without keep wakes a waiter too") {
    far_end far;
    net::pool_settings settings;
    settings.max_connections = 1;
    net::connection_pool pool(far.on, far.at(), settings);
    run_on(far.on, [&]() -> task<> {
        auto held = co_await pool.acquire(deadline::after(patience));
        REQUIRE(held.has_value());
        background waiter{far.on};
        waiter.start([](net::connection_pool& from) -> task<> { CHECK_FALSE(co_await use_once(from)); }(pool));
        co_await pause_for(far.on, 10ms);
        CHECK_FALSE(waiter.done);
        *held = {};
        co_await waiter.finish();
        CHECK(pool.open() == 1);
    }());
}

TEST_CASE("a new connection resumes the session of an earlier one, when the peer gives one") {
    struct row {
        const char* name;
        int version;
        bool tickets;
        std::uint64_t resumed;
    };
    for (const auto& r : {row{"TLS 1.3", TLS1_3_VERSION, true, 3}, row{"TLS 1.2", TLS1_2_VERSION, true, 3},
                          row{"no tickets", TLS1_3_VERSION, false, 0}}) {
        CAPTURE(r.name);
        tls_pair tls;
        ticket_server far(tls, r.version, r.tickets, 4);
        net::reactor on;
        net::connection_pool pool(on, {"localhost", far.port(), tls.client});
        run_on(on, [&]() -> task<> {
            for (int i = 0; i < 4; ++i) {
                auto lease = co_await pool.acquire(deadline::after(patience));
                REQUIRE(lease.has_value());
                CHECK(co_await exchange(*lease));
            }
        }());
        CHECK(pool.resumed() == r.resumed);
        CHECK(far.finish() == r.resumed);
    }
}

TEST_CASE("those that have been idle for long are dropped on request, and those that have just been used stay") {
    far_end far;
    net::connection_pool pool(far.on, far.at());
    run_on(far.on, [&]() -> task<> {
        auto old = co_await pool.acquire(deadline::after(patience));
        auto proven = co_await pool.acquire(deadline::after(patience));
        REQUIRE((old && proven));
        old->keep();
        co_await pause_for(far.on, 2ms);
        const auto began = std::chrono::steady_clock::now();
        CHECK(co_await exchange(*proven));
        proven->keep();
        pool.drop_idle_until(began);
        CHECK(pool.idle() == 1);
        CHECK(pool.open() == 1);
        CHECK(co_await use_once(pool));
        pool.drop_idle_until(std::chrono::steady_clock::now() + 1s);
        CHECK(pool.open() == 0);
    }());
}

TEST_CASE("a lease may outlive its pool") {
    far_end far;
    auto pool = std::make_unique<net::connection_pool>(far.on, far.at());
    run_on(far.on, [&]() -> task<> {
        auto lease = co_await pool->acquire(deadline::after(patience));
        REQUIRE(lease.has_value());
        pool.reset();
        CHECK(co_await exchange(*lease));
        lease->keep();
    }());
}

TEST_CASE("idle connections go after the idle limit, and old ones are not used again") {
    far_end far;
    net::pool_settings settings;
    settings.idle_limit = 1s;
    net::connection_pool pool(far.on, far.at(), settings);
    settings.idle_limit = 20s;
    settings.max_age = 0s;
    net::connection_pool ageing(far.on, far.at(), settings);
    run_on(far.on, [&]() -> task<> {
        CHECK_FALSE(co_await use_once(ageing));
        CHECK_FALSE(co_await use_once(ageing));
        CHECK_FALSE(co_await use_once(pool));
        CHECK(pool.open() == 1);
        while (pool.open() > 0) co_await pause_for(far.on, 10ms);
    }());
}

TEST_CASE("what cannot be reached is a failure with a reason, and no place is lost") {
    far_end far;
    net::reactor& on = far.on;
    // A port that nobody listens on.
    const auto unused = [] {
        const auto pair = socket_pair::tcp();
        sockaddr_in where{};
        socklen_t size = sizeof(where);
        ::getsockname(pair.ours, reinterpret_cast<sockaddr*>(&where), &size);
        ::close(pair.ours);
        ::close(pair.peer);
        return ntohs(where.sin_port);
    }();
    struct row {
        const char* name;
        net::endpoint to;
        errc expected;
    };
    auto wrong_host = far.at();
    wrong_host.tls = net::make_tls_client_context("").value();
    net::endpoint no_socket{"localhost", 0, nullptr, "/nonexistent/socket"};
    const row rows[] = {
        {"nobody listens", {"127.0.0.1", unused, nullptr}, errc::connection_failed},
        {"no such name", {"name.invalid", 443, nullptr}, errc::connection_failed},
        {"untrusted certificate", wrong_host, errc::tls_failed},
        {"no such unix socket", no_socket, errc::connection_failed},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        net::connection_pool pool(on, r.to);
        run_on(on, [&]() -> task<> {
            for (int i = 0; i < 2; ++i) {
                const auto lease = co_await pool.acquire(deadline::after(patience));
                REQUIRE_FALSE(lease.has_value());
                CHECK(lease.error().code == r.expected);
                CHECK_FALSE(lease.error().cause.empty());
            }
            CHECK(pool.open() == 0);
        }());
    }
}

namespace {

/// Breaks TLS off: what a server without a certificate, a full one or a firewall sends in place of a handshake.
struct tls_breaker {
    net::connection_limits limits{{}};
    std::unique_ptr<net::listener> from;
    std::string says;
    int accepted = 0;

    tls_breaker(net::reactor& on, std::string bytes) : says(std::move(bytes)) {
        from = net::listener::bind_tcp(on, "127.0.0.1", 0, nullptr, limits).value();
        from->start([this, &on](net::accepted a) {
            ++accepted;
            on.spawn(answer(this, std::move(a)));
        });
    }
    static task<> answer(tls_breaker* self, net::accepted a) {
        std::array<char, 1000> hello{};
        if (!co_await a.stream->read_some(hello)) co_return;
        static_cast<void>(co_await a.stream->write_all(self->says));
        a.stream->close();
    }
};

}  // namespace

TEST_CASE("an address that breaks TLS off is passed over like one that cannot be reached") {
    struct row {
        const char* name;
        std::string says;
    };
    for (const auto& r : {row{"an alert", std::string("\x15\x03\x03\x00\x02\x02\x50", 7)},
                          row{"no TLS", "HTTP/1.1 400 Bad Request\r\n\r\n"}, row{"the end of file", ""},
                          row{"a bad record", std::string("\x16\x03\x03\xFF\xFF\x00", 6)}}) {
        CAPTURE(r.name);
        far_end far;
        tls_breaker breaker(far.on, r.says);
        const auto loopback = boost::asio::ip::address_v4::loopback();
        const net::addresses both{boost::asio::ip::tcp::endpoint(loopback, breaker.from->port()),
                                  boost::asio::ip::tcp::endpoint(loopback, far.from->port())};
        net::pool_settings settings;
        settings.lookup = [both](const std::string&, std::uint16_t) -> result<net::addresses> { return both; };
        net::connection_pool pool(far.on, far.at("localhost"), settings);
        run_on(far.on, [&]() -> task<> {
            const auto lease = co_await pool.acquire(deadline::after(patience));
            CHECK_MESSAGE(lease.has_value(), (lease ? std::string() : lease.error().cause));
            CHECK(breaker.accepted == 1);
        }());
    }
}

TEST_CASE("when all addresses break TLS off, that is no matter of trust") {
    far_end far;
    tls_breaker breaker(far.on, std::string("\x15\x03\x03\x00\x02\x02\x50", 7));
    net::connection_pool pool(far.on, {"127.0.0.1", breaker.from->port(), far.tls.client});
    run_on(far.on, [&]() -> task<> {
        const auto lease = co_await pool.acquire(deadline::after(patience));
        REQUIRE_FALSE(lease.has_value());
        CHECK(lease.error().code == errc::connection_failed);
        CHECK(lease.error().cause.find("alert internal error") != std::string::npos);
        CHECK(lease.error().hint.find("broke TLS off") != std::string::npos);
    }());
}

TEST_CASE("a peer that accepts and says nothing costs connect_timeout, or the caller's deadline when that is sooner") {
    net::reactor on;
    net::connection_limits limits({});
    std::vector<net::accepted> held;
    auto mute = net::listener::bind_tcp(on, "127.0.0.1", 0, nullptr, limits).value();
    mute->start([&held](net::accepted a) { held.push_back(std::move(a)); });
    tls_pair tls;
    net::pool_settings settings;
    settings.connect_timeout = 200ms;
    net::connection_pool pool(on, {"127.0.0.1", mute->port(), tls.client}, settings);
    run_on(on, [&]() -> task<> {
        const auto by_step = co_await pool.acquire(deadline::after(patience));
        REQUIRE_FALSE(by_step.has_value());
        CHECK(by_step.error().code == errc::connection_failed);
        const auto by_caller = co_await pool.acquire(deadline::after(100ms));
        REQUIRE_FALSE(by_caller.has_value());
        CHECK(by_caller.error().code == errc::deadline_exceeded);
        CHECK(pool.open() == 0);
    }());
}

TEST_CASE("a pool reaches a unix socket") {
    scratch_folder directory;
    net::reactor on;
    net::connection_limits limits({});
    std::vector<net::accepted> held;
    const auto path = directory.file("control.sock");
    auto local = net::listener::bind_unix(on, path, limits).value();
    local->start([&held](net::accepted a) { held.push_back(std::move(a)); });
    net::connection_pool pool(on, {"localhost", 0, nullptr, path});
    run_on(on, [&]() -> task<> {
        auto lease = co_await pool.acquire(deadline::after(patience));
        REQUIRE(lease.has_value());
        CHECK((co_await lease->stream().write_all("ping")).has_value());
    }());
}

TEST_CASE("the descriptor count returns to its start") {
    const auto once = [] {
        far_end far;
        net::connection_pool pool(far.on, far.at("localhost"));
        run_on(far.on, [&]() -> task<> {
            for (int i = 0; i < 5; ++i) co_await use_once(pool, i % 2 == 0 ? freshness::any : freshness::fresh);
            for (auto& c : far.connections) c->set_deadline(in(1ms));
            co_await pause_for(far.on, 250ms);
        }());
    };
    once();
    const auto before = open_descriptors();
    for (int i = 0; i < 3; ++i) once();
    CHECK(open_descriptors() == before);
}
