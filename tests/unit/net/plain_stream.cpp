#include "net/descriptor_stream.hpp"

#include "loopback.hpp"

#include <csignal>
#include <functional>

using namespace hourkey;
using namespace hourkey::test;

namespace {

struct joined {
    net::reactor on;
    socket_pair pair;
    std::unique_ptr<net::byte_stream> stream;
    explicit joined(socket_pair p) : pair(p), stream(net::make_plain_stream(on, adopt(p.ours))) {}
};

}  // namespace

TEST_CASE("a plain stream carries bytes both ways and ends with FIN") {
    joined j(socket_pair::tcp());
    run_on(j.on, [&]() -> task<> {
        CHECK((co_await j.stream->handshake()).has_value());
        CHECK(j.stream->is_quiet());
        CHECK(::send(j.pair.peer, "abc", 3, 0) == 3);
        CHECK((co_await j.stream->wait_readable()).has_value());
        CHECK_FALSE(j.stream->is_quiet());
        std::array<char, 2> into{};
        CHECK((co_await j.stream->read_some(into)).value() == 2);
        CHECK((co_await j.stream->read_some(into)).value() == 1);
        CHECK((co_await j.stream->write_all("")).has_value());
        CHECK((co_await j.stream->write_all("xyz")).has_value());
        std::array<char, 4> got{};
        CHECK(::recv(j.pair.peer, got.data(), got.size(), 0) == 3);
        ::close(j.pair.peer);
        CHECK((co_await j.stream->read_some(into)).value() == 0);
        CHECK_FALSE(j.stream->is_quiet());
    }());
}

TEST_CASE("a blocked write keeps its own copy and is finished when the reader comes") {
    joined j(socket_pair::unix_domain());
    shrink_buffers(j.pair.ours);
    auto reader = net::make_plain_stream(j.on, adopt(j.pair.peer));
    std::string text(100'000, 'a');
    std::string got;
    run_on(j.on, [&]() -> task<> {
        background writer{j.on};
        bool ok = false;
        writer.start([](net::byte_stream& to, std::string& from, bool& done) -> task<> {
            done = (co_await to.write_all(from)).has_value();
        }(*j.stream, text, ok));
        co_await pause_for(j.on, 5ms);
        CHECK_FALSE(writer.done);
        text.assign(text.size(), '#');
        std::array<char, 8192> into{};
        while (got.size() < text.size()) {
            const auto n = co_await reader->read_some(into);
            REQUIRE(n.has_value());
            got.append(into.data(), *n);
        }
        co_await writer.finish();
        CHECK(ok);
    }());
    CHECK(got == std::string(100'000, 'a'));
}

TEST_CASE("a reset and a hang-up are failures, not signals") {
    std::signal(SIGPIPE, SIG_DFL);
    joined j(socket_pair::tcp());
    run_on(j.on, [&]() -> task<> {
        reset(j.pair.peer);
        std::array<char, 2> into{};
        const auto got = co_await j.stream->read_some(into);
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().code == errc::connection_closed);
        const auto sent = co_await j.stream->write_all("x");
        REQUIRE_FALSE(sent.has_value());
        CHECK(sent.error().code == errc::connection_closed);
    }());
}

TEST_CASE("the deadline ends a read, a wait and a blocked write") {
    const auto reads = [](net::byte_stream& s) -> task<result<>> {
        std::array<char, 2> into{};
        HK_CO_TRY([[maybe_unused]] const auto n, co_await s.read_some(into));
        co_return result<>{};
    };
    const auto waits = [](net::byte_stream& s) -> task<result<>> { return s.wait_readable(); };
    const auto writes = [](net::byte_stream& s) -> task<result<>> {
        co_return co_await s.write_all(std::string(1'000'000, 'x'));
    };
    struct row {
        const char* name;
        std::function<task<result<>>(net::byte_stream&)> act;
    };
    for (const auto& r : {row{"read", reads}, row{"wait", waits}, row{"write", writes}}) {
        CAPTURE(r.name);
        joined j(socket_pair::unix_domain());
        shrink_buffers(j.pair.ours);
        run_on(j.on, [&]() -> task<> {
            j.stream->set_deadline(in(120ms));
            const auto done = co_await r.act(*j.stream);
            REQUIRE_FALSE(done.has_value());
            CHECK(done.error().code == errc::deadline_exceeded);
        }());
        ::close(j.pair.peer);
    }
}

TEST_CASE("a pause ends with its time or when the stream gives way, whatever the peer sends") {
    joined j(socket_pair::unix_domain());
    run_on(j.on, [&]() -> task<> {
        CHECK(::send(j.pair.peer, "more", 4, 0) == 4);
        const auto until = std::chrono::steady_clock::now() + 20ms;
        co_await j.stream->pause(until);
        CHECK(std::chrono::steady_clock::now() >= until);
        j.stream->set_deadline(steady_time::max());
        CHECK((co_await j.stream->write_all("x")).has_value());

        background waiter{j.on};
        waiter.start(
            [](net::byte_stream& s) -> task<> { co_await s.pause(std::chrono::steady_clock::now() + 1h); }(*j.stream));
        co_await pause_for(j.on, 1ms);
        CHECK_FALSE(waiter.done);
        j.stream->give_way();
        co_await waiter.finish();
        j.stream->set_deadline(steady_time::max());
        CHECK_FALSE((co_await j.stream->write_all("x")).has_value());
    }());
}

TEST_CASE("linger_close reads what is still coming, so that the answer is not reset away") {
    joined j(socket_pair::tcp());
    std::string got;
    run_on(j.on, [&]() -> task<> {
        const std::string unread(20'000, 'u');
        CHECK(::send(j.pair.peer, unread.data(), unread.size(), 0) == 20'000);
        CHECK((co_await j.stream->write_all("answer")).has_value());
        background closing{j.on};
        closing.start(j.stream->linger_close());
        co_await pause_for(j.on, 1ms);
        CHECK_FALSE(closing.done);
        ::shutdown(j.pair.peer, SHUT_WR);
        co_await closing.finish();
        std::array<char, 100> into{};
        const auto n = ::recv(j.pair.peer, into.data(), into.size(), 0);
        REQUIRE(n > 0);
        got.assign(into.data(), static_cast<std::size_t>(n));
        CHECK(::recv(j.pair.peer, into.data(), into.size(), 0) == 0);
    }());
    CHECK(got == "answer");
    ::close(j.pair.peer);
}

TEST_CASE("a stream whose descriptor epoll refuses fails and never waits") {
    net::reactor on;
    const scratch_folder folder;
    const auto stream =
        net::make_plain_stream(on, adopt(::open(folder.put("file", "bytes").c_str(), O_RDWR | O_CLOEXEC)));
    run_on(on, [&]() -> task<> {
        std::array<char, 8> into{};
        const auto shaken = co_await stream->handshake();
        const auto got = co_await stream->read_some(into);
        const auto waited = co_await stream->wait_readable();
        const auto written = co_await stream->write_all("x");
        for (const auto& code : {shaken ? errc{} : shaken.error().code, got ? errc{} : got.error().code,
                                 waited ? errc{} : waited.error().code, written ? errc{} : written.error().code})
            CHECK(code == errc::connection_closed);
        CHECK_FALSE(stream->is_quiet());
        co_await stream->linger_close();
    }());
}
