#include "emulator/emulator_server.hpp"

#include "live_emulator.hpp"
#include "net/connector.hpp"
#include "net/tls_stream.hpp"
#include "unit/net/loopback.hpp"

#include <doctest/doctest.h>

#include <boost/asio/ip/tcp.hpp>

#include <optional>

using namespace hourkey;
using namespace hourkey::emulator;
using namespace hourkey::emulator::test;

namespace {

/// What a TLS client saw: the bytes, and how they ended; no failure is an orderly close_notify.
struct seen {
    std::string bytes;
    std::optional<errc> ended_with;
};

task<result<std::unique_ptr<net::byte_stream>>> connected(net::reactor& on, std::uint16_t port, net::ssl_ctx_ptr tls) {
    const auto patience = deadline::after(10s);
    const net::address to = boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), port);
    HK_CO_TRY(auto socket, co_await net::connect_to(on, to, patience));  // a reset may come that early
    auto stream = net::make_tls_client_stream(on, std::move(socket), tls, "localhost");
    REQUIRE(stream.has_value());
    (*stream)->set_deadline(patience.at());
    co_return *std::move(stream);
}

task<> ask(net::reactor& on, std::uint16_t port, net::ssl_ctx_ptr tls, std::string text, seen& result_of) {
    const auto made = co_await connected(on, port, tls);
    if (!made) {
        result_of.ended_with = made.error().code;
        co_return;
    }
    const auto& stream = *made;
    if (const auto secured = co_await stream->handshake(); !secured) {
        result_of.ended_with = secured.error().code;
        co_return;
    }
    if (const auto sent = co_await stream->write_all(text); !sent) {
        result_of.ended_with = sent.error().code;
        co_return;
    }
    std::string chunk(64 * 1024, '\0');
    for (;;) {
        const auto got = co_await stream->read_some(chunk);
        if (!got) result_of.ended_with = got.error().code;
        if (!got || *got == 0) co_return;
        result_of.bytes.append(chunk, 0, *got);
    }
}

std::unique_ptr<emulator_server> bound(net::reactor& on, sts_emulator& sts, const server_settings& settings) {
    auto made = emulator_server::bind(on, sts, settings);
    REQUIRE(made.has_value());
    return *std::move(made);
}

struct tls_emulator {
    fixed_clock clock;
    sts_emulator sts{clock};
    hourkey::test::tls_pair tls;
    net::reactor reactor;
    std::unique_ptr<emulator_server> server = bound(reactor, sts, {.tls = tls.server.get()});

    tls_emulator() {
        sts.put_user(user_key, user_secret, user_arn);
        sts.put_role(open_role());
    }
    seen assume_under(std::optional<fault> f) {
        if (f) {
            fault_rule rule;
            rule.what = *f;
            rule.count = 1;
            sts.set_fault(rule);
        }
        seen result_of;
        hourkey::test::run_on(
            reactor, ask(reactor, server->port(), tls.client,
                         signed_post(assume_role_parameters(), clock.at).wire("Connection: close\r\n"), result_of));
        return result_of;
    }
};

}  // namespace

TEST_CASE_FIXTURE(tls_emulator, "AssumeRole is answered over TLS") {
    const auto got = assume_under(std::nullopt);
    CHECK_FALSE(got.ended_with.has_value());
    CHECK(got.bytes.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(sts.answer_to(signed_post(identity_parameters, clock.at, issued(got.bytes)).view()).status == 200);
}

TEST_CASE_FIXTURE(tls_emulator, "under TLS, a cut connection is told from one that was closed in order") {
    struct row {
        fault f;
        std::optional<errc> end;
    };
    const row rows[] = {
        {fault::http10, std::nullopt},
        {fault::close_after, std::nullopt},
        {fault::truncate, errc::connection_truncated},
        {fault::close, errc::connection_truncated},
        {fault::truncate_rst, errc::connection_closed},
        {fault::reset, errc::connection_closed},
    };
    for (const auto& r : rows) {
        CAPTURE(describe(r.f).name);
        CHECK(assume_under(r.f).ended_with == r.end);
    }
}

TEST_CASE_FIXTURE(tls_emulator, "an accept fault comes before the handshake") {
    for (const auto f : {fault::conn_reset, fault::conn_fin}) {
        CAPTURE(describe(f).name);
        const auto got = assume_under(f);
        CHECK(got.ended_with.has_value());
        CHECK(got.bytes.empty());
    }
    CHECK(sts.history().empty());
    CHECK(assume_under(std::nullopt).bytes.starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("several reactors share one emulator and one port") {
    sts_emulator sts;
    net::reactor first, second;
    const auto one = bound(first, sts, {.use = port_use::shared});
    const auto two = bound(second, sts, {.port = one->port(), .use = port_use::shared});
    CHECK(one->port() == two->port());
    std::thread a([&] { first.run(); }), b([&] { second.run(); });
    for (int i = 0; i < 20; ++i) {
        raw_client client(one->port());
        client.send("GET /nothing HTTP/1.0\r\n\r\n");
        CHECK(client.read_all().bytes.starts_with("HTTP/1.1 404 Not Found\r\n"));
    }
    first.stop();
    second.stop();
    a.join();
    b.join();
}

TEST_CASE("stopping ends what is open, a hanging answer too") {
    live_emulator live;
    live.arm(fault::hang);
    net::reactor reactor;
    auto server = bound(reactor, live.sts, {});
    raw_client client(server->port());
    client.send(signed_post(identity_parameters, live.clock.at).wire());
    hourkey::test::background waiting{reactor};
    waiting.start([](net::reactor& on, emulator_server& s) -> task<> {
        while (s.connections() == 0) co_await hourkey::test::pause_for(on, 1ms);
        s.stop();
        while (s.connections() != 0) co_await hourkey::test::pause_for(on, 1ms);
    }(reactor, *server));
    hourkey::test::run_on(reactor, waiting.finish());
    CHECK(client.read_all().end != peer_end::silence);
}

TEST_CASE("an address or port that cannot be had is refused with a reason") {
    sts_emulator sts;
    net::reactor reactor;
    const auto taken = bound(reactor, sts, {});
    for (const auto& settings : {server_settings{.address = "not an address"}, server_settings{.address = "192.0.2.1"},
                                 server_settings{.port = taken->port()}}) {
        CAPTURE(settings.address);
        const auto made = emulator_server::bind(reactor, sts, settings);
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().code == errc::invalid_configuration);
        CHECK(made.error().message.starts_with("cannot listen on " + settings.address));
    }
}
