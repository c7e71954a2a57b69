#include "net/tls_stream.hpp"

#include "loopback.hpp"
#include "tls_peer.hpp"

#include <malloc.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

using namespace hourkey;
using namespace hourkey::test;

namespace {

/// A server stream on the reactor and a thread with the scripted client.
struct served {
    tls_pair tls;
    net::reactor on;
    std::unique_ptr<net::byte_stream> stream;
    int number = -1;
    std::thread client;
    std::exception_ptr client_failed;

    explicit served(socket_pair pair, const std::function<void(int)>& act) {
        number = pair.ours;
        stream = net::make_tls_server_stream(on, adopt(pair.ours), tls.server->current()).value();
        stream->set_deadline(in(20s));
        client = std::thread([this, fd = pair.peer, act] {
            try {
                act(fd);
            } catch (...) {
                client_failed = std::current_exception();
            }
        });
    }
    ~served() {
        if (client.joinable()) client.join();
    }
    void run(task<> t) {
        run_on(on, std::move(t));
        stream.reset();
        client.join();
        if (client_failed) std::rethrow_exception(client_failed);
    }
};

task<result<std::string>> read_exactly(net::byte_stream& stream, std::size_t size) {
    std::string all;
    std::array<char, 16384> some;
    while (all.size() < size) {
        HK_CO_TRY(const auto n, co_await stream.read_some(some));
        if (n == 0) break;
        all.append(some.data(), n);
    }
    co_return all;
}

task<> write_whole(net::byte_stream& to, const std::string& from, bool& done) {
    done = (co_await to.write_all(from)).has_value();
}

task<> until_not_quiet(served& s) {
    while (s.stream->is_quiet()) co_await pause_for(s.on, 1ms);
}

std::string long_text(std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    return text;
}

}  // namespace

TEST_CASE("bytes arrive the same however the wire cuts them") {
    struct row {
        const char* name;
        std::size_t chunk;
        std::size_t size;
        int version;
    };
    const row rows[] = {
        {"one shot", 0, 1000, TLS1_3_VERSION},          {"byte by byte", 1, 1000, TLS1_3_VERSION},
        {"seven by seven", 7, 40'000, TLS1_3_VERSION},  {"many records at once", 0, 100'000, TLS1_3_VERSION},
        {"TLS 1.2, one shot", 0, 1000, TLS1_2_VERSION}, {"TLS 1.2, byte by byte", 1, 1000, TLS1_2_VERSION},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto text = long_text(r.size);
        bool orderly = false;
        std::string echoed;
        served s(socket_pair::unix_domain(), [&](int fd) {
            tls_peer peer(fd, r.chunk, r.version);
            peer.handshake();
            peer.write(text);
            echoed = peer.read_exactly(text.size());
            peer.close_notify();
            static_cast<void>(peer.read_to_end(&orderly));
        });
        s.run([&]() -> task<> {
            CHECK((co_await s.stream->handshake()).has_value());
            CHECK((co_await s.stream->wait_readable()).has_value());
            const auto got = co_await read_exactly(*s.stream, text.size());
            REQUIRE(got.has_value());
            CHECK(*got == text);
            CHECK((co_await s.stream->write_all(*got)).has_value());
            std::array<char, 16> rest{};
            const auto end = co_await s.stream->read_some(rest);
            REQUIRE(end.has_value());
            CHECK(*end == 0);
            s.stream->close();
        }());
        CHECK(echoed == text);
        CHECK(orderly);
    }
}

TEST_CASE("a large answer reaches a slow reader through small buffers unharmed") {
    const auto text = long_text(300'000);
    auto pair = socket_pair::tcp();
    shrink_buffers(pair.ours);
    shrink_buffers(pair.peer);
    std::string got;
    served s(pair, [&](int fd) {
        tls_peer peer(fd);
        peer.handshake();
        // KeyUpdate while the server's write is blocked: the answer to it must wait for the record on its way.
        for (int i = 0; i < 3; ++i) {
            got += peer.read_some();
            peer.key_update();
        }
        got += peer.read_exactly(text.size() - got.size());
    });
    s.run([&]() -> task<> {
        CHECK((co_await s.stream->handshake()).has_value());
        const auto written = co_await s.stream->write_all(text);
        CHECK(written.has_value());
        co_await s.stream
            ->linger_close();  // the peer's KeyUpdates are unread: closing at once would reset the answer away
    }());
    CHECK(got == text);
}

TEST_CASE("the caller's buffer may be reused while a blocked write goes on") {
    const auto text = long_text(200'000);
    auto pair = socket_pair::unix_domain();
    shrink_buffers(pair.ours);
    std::string got;
    std::atomic<bool> overwritten{false};
    served s(pair, [&](int fd) {
        tls_peer peer(fd);
        peer.handshake();
        while (!overwritten) std::this_thread::yield();
        got = peer.read_exactly(text.size());
    });
    s.run([&]() -> task<> {
        CHECK((co_await s.stream->handshake()).has_value());
        std::string shared = text;
        background writer{s.on};
        bool ok = false;
        writer.start(write_whole(*s.stream, shared, ok));
        co_await pause_for(s.on, 20ms);
        CHECK_FALSE(writer.done);
        shared.assign(shared.size(), '#');
        overwritten = true;
        co_await writer.finish();
        CHECK(ok);
    }());
    CHECK(got == text);
}

TEST_CASE("a reader that stops is ended by the deadline") {
    auto pair = socket_pair::unix_domain();
    shrink_buffers(pair.ours);
    std::atomic<bool> over{false};
    served s(pair, [&](int fd) {
        tls_peer peer(fd);
        peer.handshake();
        while (!over) std::this_thread::yield();
    });
    s.run([&]() -> task<> {
        CHECK((co_await s.stream->handshake()).has_value());
        s.stream->set_deadline(in(200ms));
        const auto text = long_text(300'000);
        const auto written = co_await s.stream->write_all(text);
        over = true;
        REQUIRE_FALSE(written.has_value());
        CHECK(written.error().code == errc::deadline_exceeded);
        std::array<char, 8> into{};
        const auto later = co_await s.stream->read_some(into);
        REQUIRE_FALSE(later.has_value());
        CHECK(later.error().code == errc::deadline_exceeded);
    }());
}

TEST_CASE("a blocked write to a peer that ended only its own side waits for room, not in circles") {
    const auto text = long_text(300'000);
    auto pair = socket_pair::unix_domain();
    shrink_buffers(pair.ours);
    std::string got;
    std::atomic<bool> watched{false};
    served s(pair, [&](int fd) {
        tls_peer peer(fd);
        peer.handshake();
        ::shutdown(fd, SHUT_WR);
        while (!watched) std::this_thread::yield();
        got = peer.read_exactly(text.size());
    });
    s.run([&]() -> task<> {
        CHECK((co_await s.stream->handshake()).has_value());
        CHECK((co_await s.stream->wait_readable()).has_value());
        background writer{s.on};
        bool ok = false;
        writer.start(write_whole(*s.stream, text, ok));
        // What waits in circles is due at each of the reactor's turns; what waits for the kernel comes to rest.
        int turns = 0;
        while (turns < 1000 && s.on.context().poll_one() != 0) ++turns;
        CHECK(turns < 1000);
        CHECK_FALSE(writer.done);
        watched = true;
        co_await writer.finish();
        CHECK(ok);
    }());
    CHECK(got == text);
}

TEST_CASE("hang-ups are told apart, at every state") {
    enum class at { before_handshake, in_handshake, idle, in_record };
    enum class how { fin, rst, notify };
    struct row {
        const char* name;
        at state;
        how end;
        errc expected;  ///< 0: orderly
    };
    const row rows[] = {
        {"FIN before the handshake", at::before_handshake, how::fin, errc::connection_closed},
        {"RST before the handshake", at::before_handshake, how::rst, errc::connection_closed},
        {"FIN within the ClientHello", at::in_handshake, how::fin, errc::connection_closed},
        {"RST within the ClientHello", at::in_handshake, how::rst, errc::connection_closed},
        {"FIN without close_notify between records", at::idle, how::fin, errc::connection_truncated},
        {"RST between records", at::idle, how::rst, errc::connection_closed},
        {"close_notify, then FIN", at::idle, how::notify, errc{}},
        {"FIN within a record", at::in_record, how::fin, errc::connection_truncated},
        {"RST within a record", at::in_record, how::rst, errc::connection_closed},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        served s(socket_pair::tcp(), [&](int fd) {
            tls_peer peer(fd);
            if (r.state == at::in_handshake) peer.send_raw(std::string("\x16\x03\x01\x02\x00\x01\x00", 7));
            if (r.state == at::idle || r.state == at::in_record) peer.handshake();
            if (r.state == at::in_record) {
                const auto record = peer.encrypted("half of this is lost");
                peer.send_raw(std::string_view(record).substr(0, record.size() / 2));
            }
            if (r.end == how::notify) peer.close_notify();
            if (r.end == how::rst) {
                reset(peer.release());
            } else {
                peer.vanish();
            }
        });
        s.run([&]() -> task<> {
            std::array<char, 100> into{};
            auto got = result<std::size_t>(std::size_t{0});
            if (const auto shaken = co_await s.stream->handshake(); shaken) {
                got = co_await s.stream->read_some(into);
            } else {
                got = shaken.error();
            }
            CHECK((got.has_value() ? errc{} : got.error().code) == r.expected);
            CHECK_FALSE(s.stream->is_quiet());
            if (r.expected == errc{}) co_return;
            const auto again = co_await s.stream->write_all("x");  // neither a crash nor SIGPIPE
            CHECK_FALSE(again.has_value());
        }());
    }
}

TEST_CASE("writing to a peer that hung up fails without SIGPIPE") {
    std::signal(SIGPIPE, SIG_DFL);
    served s(socket_pair::unix_domain(), [&](int fd) {
        tls_peer peer(fd);
        peer.handshake();
    });
    s.run([&]() -> task<> {
        CHECK((co_await s.stream->handshake()).has_value());
        CHECK((co_await s.stream->wait_readable()).has_value());
        auto written = result<>{};
        for (int i = 0; i < 10 && written; ++i) written = co_await s.stream->write_all("anyone there?");
        REQUIRE_FALSE(written.has_value());
        CHECK(written.error().code == errc::connection_closed);
    }());
}

TEST_CASE("a KeyUpdate is answered and the bytes around it arrive") {
    std::string got;
    served s(socket_pair::unix_domain(), [&](int fd) {
        tls_peer peer(fd);
        peer.handshake();
        peer.key_update();
        peer.write("one ");
        peer.key_update(SSL_KEY_UPDATE_NOT_REQUESTED);
        peer.key_update();
        peer.write("two");
        got = peer.read_exactly(7);
    });
    s.run([&]() -> task<> {
        CHECK((co_await s.stream->handshake()).has_value());
        const auto text = co_await read_exactly(*s.stream, 7);
        REQUIRE(text.has_value());
        CHECK(*text == "one two");
        CHECK((co_await s.stream->write_all(*text)).has_value());
    }());
    CHECK(got == "one two");
}

TEST_CASE("a flood of KeyUpdates neither extends the deadline nor starves the reactor") {
    std::atomic<std::size_t> sent{0};
    served s(socket_pair::unix_domain(), [&](int fd) {
        tls_peer peer(fd);
        peer.handshake();
        while (peer.key_update(SSL_KEY_UPDATE_NOT_REQUESTED)) ++sent;
    });
    s.run([&]() -> task<> {
        CHECK((co_await s.stream->handshake()).has_value());
        // Starved, it would never get to set the deadline.
        background ticker{s.on};
        ticker.start([](served& on, const std::atomic<std::size_t>& updates) -> task<> {
            for (int ticks = 0; ticks < 10 || updates < 100; ++ticks) co_await pause_for(on.on, 10ms);
            on.stream->set_deadline(in(100ms));
        }(s, sent));
        std::array<char, 100> into{};
        const auto got = co_await s.stream->read_some(into);
        CHECK(ticker.done);
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().code == errc::deadline_exceeded);
    }());
}

TEST_CASE("plain HTTP on the TLS port is refused by name") {
    served s(socket_pair::unix_domain(), [&](int fd) {
        tls_peer peer(fd);
        peer.send_raw("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        std::array<char, 100> answer{};
        static_cast<void>(::recv(fd, answer.data(), answer.size(), 0));
    });
    s.run([&]() -> task<> {
        const auto shaken = co_await s.stream->handshake();
        REQUIRE_FALSE(shaken.has_value());
        CHECK(shaken.error().code == errc::tls_failed);
        CHECK(shaken.error().cause == "plain HTTP on the TLS port");
    }());
}

TEST_CASE("a stalled handshake ends at its deadline") {
    std::atomic<bool> over{false};
    served s(socket_pair::unix_domain(), [&](int fd) {
        tls_peer peer(fd);
        peer.send_raw(std::string("\x16\x03\x01\x02\x00\x01\x00", 7));
        while (!over) std::this_thread::yield();
    });
    s.run([&]() -> task<> {
        s.stream->set_deadline(in(150ms));
        const auto shaken = co_await s.stream->handshake();
        over = true;
        REQUIRE_FALSE(shaken.has_value());
        CHECK(shaken.error().code == errc::deadline_exceeded);
    }());
}

TEST_CASE("an expired connection keeps its descriptor's number until its owner lets go") {
    bool reached_other = false;
    served s(socket_pair::unix_domain(), [&](int fd) {
        tls_peer peer(fd);
        peer.handshake();
        static_cast<void>(peer.read_to_end());
    });
    s.run([&]() -> task<> {
        CHECK((co_await s.stream->handshake()).has_value());
        s.stream->set_deadline(in(50ms));
        co_await pause_for(s.on, 400ms);  // the owner is busy elsewhere; the sweeper comes by
        const auto newcomer = socket_pair::unix_domain();
        CHECK(newcomer.ours != s.number);
        CHECK(newcomer.peer != s.number);
        const auto written = co_await s.stream->write_all("for the old client");
        REQUIRE_FALSE(written.has_value());
        CHECK(written.error().code == errc::deadline_exceeded);
        std::array<char, 8> into{};
        reached_other = ::recv(newcomer.peer, into.data(), into.size(), MSG_DONTWAIT) > 0;
        s.stream->close();
        const int reused = ::dup(newcomer.ours);
        CHECK(reused == s.number);  // only now it is free
        for (const int fd : {newcomer.ours, newcomer.peer, reused}) ::close(fd);
    }());
    CHECK_FALSE(reached_other);
}

TEST_CASE("close is idempotent and wakes whoever waits") {
    served s(socket_pair::unix_domain(), [&](int fd) {
        tls_peer peer(fd);
        peer.handshake();
        bool orderly = false;
        static_cast<void>(peer.read_to_end(&orderly));
        if (!orderly) throw std::runtime_error("no close_notify");
    });
    s.run([&]() -> task<> {
        CHECK((co_await s.stream->handshake()).has_value());
        background idle{s.on};
        errc seen{};
        idle.start([](net::byte_stream& from, errc& code) -> task<> {
            // A wake with nothing to read is allowed (byte_stream.hpp); only the end counts here.
            auto woken = co_await from.wait_readable();
            while (woken) woken = co_await from.wait_readable();
            code = woken.error().code;
        }(*s.stream, seen));
        co_await pause_for(s.on, 10ms);
        s.stream->close();
        s.stream->close();
        co_await idle.finish();
        CHECK(seen == errc::connection_closed);
        CHECK_FALSE((co_await s.stream->write_all("x")).has_value());
        co_await s.stream->linger_close();
    }());
}

TEST_CASE("linger_close lets the answer arrive although the request was not read to its end") {
    const auto unread = long_text(30'000);
    std::string got;
    bool orderly = false;
    served s(socket_pair::tcp(), [&](int fd) {
        tls_peer peer(fd);
        peer.handshake();
        peer.write(unread);
        got = peer.read_to_end(&orderly);
    });
    s.run([&]() -> task<> {
        CHECK((co_await s.stream->handshake()).has_value());
        CHECK((co_await s.stream->wait_readable()).has_value());
        CHECK((co_await s.stream->write_all("refused")).has_value());
        co_await s.stream->linger_close();
    }());
    CHECK(got == "refused");
    CHECK(orderly);
}

TEST_CASE("linger_close gives up on a peer that never ends, by time and by volume") {
    for (const bool talks : {false, true}) {
        CAPTURE(talks);
        std::atomic<bool> over{false};
        std::size_t sent = 0;
        served s(socket_pair::unix_domain(), [&](int fd) {
            tls_peer peer(fd);
            peer.handshake();
            while (talks && peer.try_send(std::string(4096, 'x'))) sent += 4096;
            while (!over) std::this_thread::yield();
        });
        s.run([&]() -> task<> {
            CHECK((co_await s.stream->handshake()).has_value());
            const auto started = std::chrono::steady_clock::now();
            co_await s.stream->linger_close();
            const auto took = std::chrono::steady_clock::now() - started;
            CHECK(took < 10s);
            if (!talks) CHECK(took >= 900ms);
            over = true;
        }());
        CHECK(sent < 1'000'000);
    }
}

TEST_CASE("is_quiet is true only when nothing came and nobody left") {
    std::atomic<int> stage{0};
    const auto wait_for = [&stage](int n) {
        while (stage < n) std::this_thread::yield();
    };
    served s(socket_pair::unix_domain(), [&](int fd) {
        tls_peer peer(fd);
        peer.handshake();
        wait_for(1);
        peer.write("surplus");
        wait_for(2);
        const auto record = peer.encrypted("half");
        peer.send_raw(std::string_view(record).substr(0, 10));
        wait_for(3);
    });
    s.run([&]() -> task<> {
        CHECK((co_await s.stream->handshake()).has_value());
        CHECK(s.stream->is_quiet());
        stage = 1;
        co_await until_not_quiet(s);
        const auto text = co_await read_exactly(*s.stream, 7);
        CHECK(text.has_value());
        CHECK(s.stream->is_quiet());
        stage = 2;
        co_await until_not_quiet(s);
        stage = 3;
    }());
}

TEST_CASE("the server chooses http/1.1, resumes nothing and speaks no old protocol") {
    SUBCASE("ALPN with http/1.1 among others") {
        std::string chosen;
        bool reused = true;
        served s(socket_pair::unix_domain(), [&](int fd) {
            tls_peer peer(fd);
            const unsigned char offer[] = "\x02h2\x08http/1.1";
            SSL_set_alpn_protos(peer.ssl(), offer, sizeof(offer) - 1);
            peer.handshake();
            const unsigned char* name = nullptr;
            unsigned size = 0;
            SSL_get0_alpn_selected(peer.ssl(), &name, &size);
            chosen.assign(name, name + size);
            static_cast<void>(peer.read_to_end());
            reused = SSL_SESSION_is_resumable(SSL_get_session(peer.ssl())) == 1;
        });
        s.run([&]() -> task<> {
            CHECK((co_await s.stream->handshake()).has_value());
            s.stream->close();
        }());
        CHECK(chosen == "http/1.1");
        CHECK_FALSE(reused);
    }
    SUBCASE("ALPN without http/1.1") {
        served s(socket_pair::unix_domain(), [&](int fd) {
            tls_peer peer(fd);
            const unsigned char offer[] = "\x02h2";
            SSL_set_alpn_protos(peer.ssl(), offer, sizeof(offer) - 1);
            CHECK_THROWS(peer.handshake());
        });
        s.run([&]() -> task<> { CHECK_FALSE((co_await s.stream->handshake()).has_value()); }());
    }
    SUBCASE("TLS 1.1") {
        served s(socket_pair::unix_domain(), [&](int fd) {
            tls_peer peer(fd, 0, TLS1_1_VERSION);
            SSL_set_min_proto_version(peer.ssl(), TLS1_VERSION);
            SSL_set_security_level(peer.ssl(), 0);
            CHECK_THROWS(peer.handshake());
        });
        s.run([&]() -> task<> {
            const auto shaken = co_await s.stream->handshake();
            REQUIRE_FALSE(shaken.has_value());
        }());
    }
    SUBCASE("TLS 1.2 with a suite that is not on the list") {
        served s(socket_pair::unix_domain(), [&](int fd) {
            tls_peer peer(fd, 0, TLS1_2_VERSION);
            SSL_set_cipher_list(peer.ssl(), "ECDHE-ECDSA-AES128-SHA");
            CHECK_THROWS(peer.handshake());
        });
        s.run([&]() -> task<> { CHECK_FALSE((co_await s.stream->handshake()).has_value()); }());
    }
}

#ifndef HOURKEY_SANITIZED
TEST_CASE("an idle TLS connection takes at most 16 KiB of heap") {
    constexpr std::size_t count = 200;
    tls_pair tls;
    net::reactor on;
    std::vector<std::unique_ptr<net::byte_stream>> streams;
    std::vector<int> peers;
    run_on(on, [&]() -> task<> {
        std::size_t before = 0;
        for (std::size_t i = 0; i <= count; ++i) {
            const auto pair = socket_pair::unix_domain();
            std::unique_ptr<net::byte_stream> stream =
                net::make_tls_server_stream(on, adopt(pair.ours), tls.server->current()).value();
            std::thread client([&] {
                tls_peer peer(pair.peer);
                peer.handshake();
                peer.write("one request");
                peers.push_back(peer.release());
            });
            CHECK((co_await stream->handshake()).has_value());
            std::array<char, 100> into{};
            CHECK((co_await stream->read_some(into)).has_value());
            CHECK((co_await stream->write_all("one answer")).has_value());
            CHECK(stream->is_quiet());
            client.join();
            streams.push_back(std::move(stream));
            if (i == 0) before = ::mallinfo2().uordblks;  // what OpenSSL sets up once is not counted
        }
        const auto each = (::mallinfo2().uordblks - before) / count;
        MESSAGE("heap per idle connection: " << each);
        CHECK(each <= 16 * 1024);
    }());
    for (const int fd : peers) ::close(fd);
}
#endif
