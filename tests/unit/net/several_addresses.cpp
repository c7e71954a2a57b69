#include "loopback.hpp"
#include "net/connection_pool.hpp"
#include "net/connection_race.hpp"
#include "net/listener.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

using namespace hourkey;
using namespace hourkey::test;

namespace {

using freshness = net::connection_pool::freshness;

/// For what takes no time on a machine that has any.
constexpr auto patience = 25s;
/// So long that who waits for it has failed.
constexpr auto for_ever = 10min;

net::address at(const std::string& ip, std::uint16_t port) {
    return boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address(ip), port);
}

/// One of a name's addresses that accepts connections, and says nothing.
struct door {
    net::connection_limits limits{{}};
    std::unique_ptr<net::listener> from;
    std::vector<net::accepted> got;

    explicit door(net::reactor& on, const std::string& ip = "127.0.0.1", std::uint16_t port = 0)
        : from(net::listener::bind_tcp(on, ip, port, nullptr, limits).value()) {
        from->start([this](net::accepted a) { got.push_back(std::move(a)); });
    }
    [[nodiscard]] std::uint16_t port() const { return from->port(); }
};

/// An address that swallows connections: its queue is full, so the kernel drops what comes.
class black_hole {
public:
    black_hole(const std::string& ip, std::uint16_t port) {
        const auto where = at(ip, port);
        sockets_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        REQUIRE(::bind(sockets_.front().get(), where.data(), static_cast<socklen_t>(where.size())) == 0);
        REQUIRE(::listen(sockets_.front().get(), 0) == 0);
        for (int i = 0; i < 4; ++i) {
            const auto& filling =
                sockets_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            static_cast<void>(::connect(filling.get(), where.data(), static_cast<socklen_t>(where.size())));
        }
    }

private:
    std::vector<os::unique_descriptor> sockets_;
};

/// A resolver whose answers are given; the last is repeated.
class given_answers {
public:
    explicit given_answers(std::vector<net::addresses> answers) : answers_(std::move(answers)) {}
    [[nodiscard]] static net::name_lookup lookup(std::vector<net::addresses> answers) {
        return [self = std::make_shared<given_answers>(std::move(answers))](const std::string&, std::uint16_t) {
            return self->next();
        };
    }

private:
    result<net::addresses> next() {
        const std::scoped_lock lock(mutex_);
        auto answer = answers_.front();
        if (answers_.size() > 1) answers_.erase(answers_.begin());
        return answer;
    }
    std::mutex mutex_;
    std::vector<net::addresses> answers_;
};

net::pool_settings resolving_to(std::vector<net::addresses> answers) {
    net::pool_settings settings;
    settings.connect_timeout = for_ever;
    settings.lookup = given_answers::lookup(std::move(answers));
    return settings;
}

task<bool> can_connect(net::connection_pool& pool, std::chrono::milliseconds within = patience) {
    const auto lease = co_await pool.acquire(deadline::after(within), freshness::fresh);
    if (!lease) MESSAGE(lease.error().cause);
    co_return lease.has_value();
}

task<> until_accepted(net::reactor& on, const door& d, std::size_t count) {
    while (d.got.size() < count) co_await pause_for(on, 1ms);
}

/// From now on this thread's epoll sets, but for one, take no more descriptors: as when fs.epoll.max_user_watches is
/// reached.
bool refuse_in_sets_but(int one) {
    sock_filter lines[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_epoll_ctl, 0, 5),
                           BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[1])),
                           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, EPOLL_CTL_ADD, 0, 3),
                           BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
                           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(one), 1, 0),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSPC),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const sock_fprog filter{std::size(lines), lines};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

}  // namespace

TEST_CASE(
    "addresses that do not answer cost a moment, however many stand before the one that does, and nothing of them is "
    "left") {
    net::reactor on;
    door good(on);
    const auto port = good.port();
    const black_hole holes[] = {{"127.0.0.2", port}, {"127.0.0.3", port}, {"127.0.0.4", port}};
    const auto settings =
        resolving_to({{at("127.0.0.2", port), at("127.0.0.3", port), at("127.0.0.4", port), at("127.0.0.1", port)}});
    net::connection_pool pool(on, {"sts.example", port, nullptr}, settings);
    run_on(on, [&]() -> task<> {
        const auto before = open_descriptors();
        const auto lease = co_await pool.acquire(deadline::after(patience));
        REQUIRE(lease.has_value());
        co_await until_accepted(on, good, 1);
        CHECK(open_descriptors() == before + 2);
    }());
}

TEST_CASE("an address that is alone costs one descriptor") {
    net::reactor on;
    std::uint16_t port = 0;
    { port = door(on).port(); }
    const black_hole hole("127.0.0.2", port);
    const net::addresses alone{at("127.0.0.2", port)};
    background connecting{on};
    run_on(on, [&]() -> task<> {
        const auto before = open_descriptors();
        connecting.start([](net::reactor& r, net::addresses to) -> task<> {
            static_cast<void>(co_await net::connect_to_first(r, to, for_ever, deadline::after(for_ever)));
        }(on, alone));
        while (open_descriptors() == before) co_await pause_for(on, 1ms);
        CHECK(open_descriptors() == before + 1);
    }());
}

TEST_CASE("an address that is alone is waited for until patience or time ends") {
    net::reactor on;
    std::uint16_t port = 0;
    { port = door(on).port(); }
    const black_hole hole("127.0.0.2", port);
    const net::addresses alone{at("127.0.0.2", port)};
    run_on(on, [&]() -> task<> {
        const auto impatient = co_await net::connect_to_first(on, alone, 1ms, deadline::after(for_ever));
        REQUIRE_FALSE(impatient.has_value());
        CHECK(impatient.error().code == errc::deadline_exceeded);
        const auto late = co_await net::connect_to_first(on, alone, for_ever, deadline::after(1ms));
        REQUIRE_FALSE(late.has_value());
        CHECK(late.error().code == errc::deadline_exceeded);
    }());
}

TEST_CASE("all of many addresses are tried in the time there is, however coarse the sweep") {
    net::reactor on;
    door good(on);
    const auto port = good.port();
    const black_hole hole("127.0.0.2", port);
    constexpr auto time = 5s;
    net::addresses many(time / net::reactor::sweep_period + 1,
                        at("127.0.0.2", port));  // with a sweep for each there is not enough
    many.back() = at("127.0.0.1", port);
    run_on(on, [&]() -> task<> {
        const auto won = co_await net::connect_to_first(on, many, for_ever, deadline::after(time));
        REQUIRE(won.has_value());
        CHECK(won->index == many.size() - 1);
    }());
}

TEST_CASE(
    "an address that refuses makes way for the next one at once, and one that is left is no failure of the others") {
    net::reactor on;
    door good(on);
    const auto port = good.port();
    const black_hole hole("127.0.0.3", port);
    net::connection_pool pool(on, {"sts.example", port, nullptr},
                              resolving_to({{at("127.0.0.3", port), at("127.0.0.2", port), at("127.0.0.1", port)}}));
    run_on(on, [&]() -> task<> { CHECK(co_await can_connect(pool)); }());
}

TEST_CASE("the address that worked stays the first, also when the name is looked up again") {
    net::reactor on;
    door good(on);
    const auto port = good.port();
    const auto asked = std::make_shared<std::atomic<int>>(0);
    net::pool_settings settings;
    settings.connect_timeout = for_ever;
    settings.max_age = 0s;  // looked up again for every connection
    settings.lookup = [asked, port](const std::string&, std::uint16_t) -> result<net::addresses> {
        if (++*asked == 1) return net::addresses{at("127.0.0.2", port), at("127.0.0.1", port)};
        return net::addresses{at("127.0.0.3", port), at("127.0.0.2", port), at("127.0.0.1", port)};
    };
    net::connection_pool pool(on, {"sts.example", port, nullptr}, settings);
    run_on(on, [&]() -> task<> {
        CHECK(co_await can_connect(pool));
        const door second(on, "127.0.0.2", port);
        const door third(on, "127.0.0.3", port);
        std::size_t made = 1;
        for (; *asked < 6; ++made) {  // one look-up after the other: the sixth comes when five have been answered
            CHECK(co_await can_connect(pool));
            co_await pause_for(on, 5ms);  // so that some are answered between two connections
        }
        co_await until_accepted(on, good, made);
        CHECK(second.got.empty());
        CHECK(third.got.empty());
    }());
}

TEST_CASE("an address whose TLS stays silent is tried after the others from then on") {
    net::reactor on;
    tls_pair tls;
    net::connection_limits limits({});
    std::vector<std::shared_ptr<net::byte_stream>> served;
    const auto good = net::listener::bind_tcp(on, "127.0.0.1", 0, tls.server.get(), limits).value();
    good->start([&](net::accepted a) {
        served.push_back(std::move(a.stream));
        on.spawn([](std::shared_ptr<net::byte_stream> stream) -> task<> {
            static_cast<void>(co_await stream->handshake());
        }(served.back()));
    });
    const auto port = good->port();
    const door mute(on, "127.0.0.2", port);
    net::connection_pool pool(on, {"localhost", port, tls.client},
                              resolving_to({{at("127.0.0.2", port), at("127.0.0.1", port)}}));
    run_on(on, [&]() -> task<> {
        const auto silent = co_await pool.acquire(deadline::after(300ms));
        REQUIRE_FALSE(silent.has_value());
        CHECK(silent.error().code == errc::deadline_exceeded);
        CHECK(co_await can_connect(pool));
        CHECK(mute.got.size() == 1);
    }());
}

TEST_CASE("when all known addresses fail, the name is looked up again and what is new is tried") {
    net::reactor on;
    door good(on);
    const auto port = good.port();
    net::connection_pool pool(on, {"sts.example", port, nullptr},
                              resolving_to({{at("127.0.0.2", port)}, {at("127.0.0.2", port), at("127.0.0.1", port)}}));
    run_on(on, [&]() -> task<> { CHECK(co_await can_connect(pool)); }());
}

TEST_CASE("when nothing new is found, or not in time, the failure to connect is told") {
    net::reactor on;
    std::uint16_t port = 0;
    { port = door(on).port(); }
    net::connection_pool unmoved(on, {"sts.example", port, nullptr}, resolving_to({{at("127.0.0.2", port)}}));

    const auto stuck = std::make_shared<std::promise<void>>();
    net::pool_settings settings;
    settings.lookup = [stuck, port, first = std::make_shared<bool>(true)](const std::string&,
                                                                          std::uint16_t) -> result<net::addresses> {
        if (!std::exchange(*first, false)) stuck->get_future().wait();
        return net::addresses{at("127.0.0.2", port)};
    };
    net::connection_pool hanging(on, {"sts.example", port, nullptr}, settings);
    settings = {};
    run_on(on, [&]() -> task<> {
        for (auto* pool : {&unmoved, &hanging}) {
            const auto lease = co_await pool->acquire(deadline::after(pool == &hanging ? 500ms : 25s));
            REQUIRE_FALSE(lease.has_value());
            CHECK(lease.error().code == errc::connection_failed);
            CHECK(lease.error().cause.find("refused") != std::string::npos);
            CHECK(pool->open() == 0);
        }
    }());
    stuck->set_value();
}

TEST_CASE("a descriptor that the kernel will not watch is told as the reason") {
    struct row {
        const char* name;
        std::size_t addresses;
        bool only_the_reactors_set_works;
    };
    for (const auto& r : {row{"one address", 1, false}, row{"the race's set", 2, false},
                          row{"an address in the race's set", 2, true}}) {
        CAPTURE(r.name);
        const auto connecting = [&r] {  // on a thread of its own, for a filter cannot be taken back
            net::reactor on;
            const door good(on);
            if (!refuse_in_sets_but(r.only_the_reactors_set_works ? on.descriptors().epoll() : -1)) {
                MESSAGE("not tried: no seccomp filters here");
                return;
            }
            run_on(on, [&]() -> task<> {
                const auto won = co_await net::connect_to_first(
                    on, net::addresses(r.addresses, at("127.0.0.1", good.port())), for_ever, deadline::after(patience));
                REQUIRE_FALSE(won.has_value());
                CHECK(won.error().code == errc::connection_failed);
                CHECK(won.error().cause == std::strerror(ENOSPC));
            }());
        };
        std::async(std::launch::async, connecting).get();
    }
}
