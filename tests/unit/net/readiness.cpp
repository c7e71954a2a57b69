#include "net/readiness.hpp"

#include "loopback.hpp"

#include <boost/asio/post.hpp>

#include <cerrno>

using namespace hourkey;
using namespace hourkey::test;

namespace {

struct watched {
    net::reactor on;
    socket_pair pair = socket_pair::tcp();
    net::watched_descriptor ours{on.descriptors(), adopt(pair.ours)};
    os::unique_descriptor peer{pair.peer};
    std::array<char, 16> into{};

    void say(std::string_view text) const {
        REQUIRE(::send(peer.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    }
};

task<> note_after_wait(net::watched_descriptor& on, net::direction until, std::string& log, std::string what) {
    co_await on.wait(until);
    log += what;
}

}  // namespace

TEST_CASE("a wait ends when bytes come, also when they came before it began") {
    watched w;
    run_on(w.on, [&]() -> task<> {
        CHECK(w.ours.receive(w.into) == -1);
        CHECK(errno == EAGAIN);
        for (const bool before : {false, true}) {
            std::string log;
            background waiting{w.on};
            if (before) w.say("abc");
            waiting.start(note_after_wait(w.ours, net::direction::read, log, "woken"));
            CHECK(log.empty());
            if (!before) w.say("abc");
            co_await waiting.finish();
            CHECK(log == "woken");
            CHECK(w.ours.has_input());
            CHECK(w.ours.receive(w.into) == 3);
            CHECK_FALSE(w.ours.has_input());
        }
    }());
}

TEST_CASE("a wait gives way even when the descriptor is ready") {
    watched w;
    run_on(w.on, [&]() -> task<> {
        std::string log;
        background first{w.on}, second{w.on};
        first.start([](watched& on, std::string& to) -> task<> {
            for (int n = 0; n < 3; ++n) {
                co_await on.ours.wait(net::direction::write);
                to += 'w';
            }
        }(w, log));
        second.start([](watched& on, std::string& to) -> task<> {
            for (int n = 0; n < 3; ++n) {
                co_await boost::asio::post(on.on.get_executor(), use_task);
                to += 'p';
            }
        }(w, log));
        co_await first.finish();
        co_await second.finish();
        CHECK(log.size() == 6);
        CHECK(log.find("www") == std::string::npos);
    }());
}

TEST_CASE("the peer's end is not lost behind the bytes before it") {
    watched w;
    run_on(w.on, [&]() -> task<> {
        w.say("last words");
        ::shutdown(w.peer.get(), SHUT_WR);
        co_await w.ours.wait(net::direction::read);
        CHECK(w.ours.receive(w.into) == 10);  // less than was asked for: the stream is empty, but for its end
        co_await w.ours.wait(net::direction::read);
        CHECK(w.ours.receive(w.into) == 0);
        CHECK(w.ours.has_input());
    }());
}

TEST_CASE("a full socket's wait ends when the peer reads, not when it has only ended its own side") {
    for (const bool half_closed : {false, true}) {
        CAPTURE(half_closed);
        watched w;
        shrink_buffers(w.ours.get());
        shrink_buffers(w.peer.get());
        run_on(w.on, [&]() -> task<> {
            if (half_closed) {
                ::shutdown(w.peer.get(), SHUT_WR);
                co_await w.ours.wait(net::direction::read);
                CHECK(w.ours.receive(w.into) == 0);
            }
            const std::string text(1 << 16, 'x');
            while (w.ours.send(text) > 0) {}
            CHECK(errno == EAGAIN);
            std::string log;
            background waiting{w.on};
            waiting.start(note_after_wait(w.ours, net::direction::write, log, "room"));
            for (int turn = 0; turn < 10; ++turn) co_await boost::asio::post(w.on.get_executor(), use_task);
            CHECK(log.empty());
            std::string sink(1 << 20, '\0');
            while (log.empty()) {
                CHECK(::recv(w.peer.get(), sink.data(), sink.size(), MSG_DONTWAIT) != 0);
                co_await pause_for(w.on, 1ms);
            }
            co_await waiting.finish();
            CHECK(w.ours.send("x") == 1);
        }());
    }
}

TEST_CASE("wake and close end a wait, never within the call") {
    for (const bool closes : {false, true}) {
        CAPTURE(closes);
        watched w;
        run_on(w.on, [&]() -> task<> {
            std::string log;
            background waiting{w.on};
            waiting.start(note_after_wait(w.ours, net::direction::read, log, "ended"));
            closes ? w.ours.close() : w.ours.wake();
            CHECK(log.empty());
            co_await waiting.finish();
            CHECK(log == "ended");
            CHECK(w.ours.is_open() == !closes);
            w.ours.close();
            co_await w.ours.wait(net::direction::read);  // of a closed one: ends
        }());
    }
}

TEST_CASE("a descriptor may go while the event that ends its wait is on its way") {
    net::reactor on;
    const auto first = socket_pair::tcp(), second = socket_pair::tcp();
    const os::unique_descriptor first_peer(first.peer), second_peer(second.peer);
    auto one = std::make_unique<net::watched_descriptor>(on.descriptors(), adopt(first.ours));
    auto other = std::make_unique<net::watched_descriptor>(on.descriptors(), adopt(second.ours));
    run_on(on, [&]() -> task<> {
        CHECK(::send(first_peer.get(), "x", 1, 0) == 1);
        CHECK(::send(second_peer.get(), "x", 1, 0) == 1);
        co_await one->wait(net::direction::read);  // both events are in the same batch
        other.reset();
        co_await pause_for(on, 1ms);
        std::array<char, 4> into{};
        CHECK(one->receive(into) == 1);
    }());
}

TEST_CASE("a reactor that goes destroys the coroutines that still wait") {
    auto held = std::make_shared<int>(1);
    const auto pair = socket_pair::tcp();
    const os::unique_descriptor peer(pair.peer);
    {
        net::reactor on;
        on.spawn([](net::reactor& r, int fd, std::shared_ptr<int> kept) -> task<> {
            net::watched_descriptor own(r.descriptors(), adopt(fd));
            co_await own.wait(net::direction::read);
            CHECK(kept == nullptr);  // never reached
        }(on, pair.ours, held));
        run_on(on, pause_for(on, 1ms));
        CHECK(held.use_count() == 2);
    }
    CHECK(held.use_count() == 1);
}

TEST_CASE("what epoll refuses is closed at once, and errno says why") {
    net::reactor on;
    const scratch_folder folder;
    const auto file = folder.put("file", "bytes");  // epoll_ctl(2): EPERM, it cannot be waited for
    const int number = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(number >= 0);
    const net::watched_descriptor refused(on.descriptors(), adopt(number));
    const int why = errno;
    CHECK(why == EPERM);
    CHECK_FALSE(refused.is_open());
    CHECK(::fcntl(number, F_GETFD) == -1);
}
