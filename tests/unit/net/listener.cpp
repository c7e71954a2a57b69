#include "net/listener.hpp"

#include "loopback.hpp"
#include "net/connector.hpp"
#include "net/unix_address.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <fstream>
#include <vector>

#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <sys/wait.h>

using namespace hourkey;
using namespace hourkey::test;

namespace {

net::address at(const std::string& ip, std::uint16_t port) {
    return boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address(ip), port);
}

task<std::unique_ptr<net::byte_stream>> dial(net::reactor& on, net::address to) {
    auto socket = co_await net::connect_to(on, std::move(to), deadline::after(25s));
    REQUIRE(socket.has_value());
    auto stream = net::make_plain_stream(on, *std::move(socket));
    stream->set_deadline(in(25s));
    co_return stream;
}

/// From an address of this machine's own network.
task<std::unique_ptr<net::byte_stream>> dial_from(net::reactor& on, const std::string& ip, net::address to) {
    os::unique_descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto own = at(ip, 0);
    REQUIRE(::bind(socket.get(), own.data(), static_cast<socklen_t>(own.size())) == 0);
    REQUIRE(::connect(socket.get(), to.data(), static_cast<socklen_t>(to.size())) == 0);
    REQUIRE(::fcntl(socket.get(), F_SETFL, O_NONBLOCK) == 0);
    auto stream = net::make_plain_stream(on, std::move(socket));
    stream->set_deadline(in(25s));
    co_return stream;
}

/// True when the other side ends the connection, false when it still stands after `patience`.
task<bool> is_ended(net::byte_stream& client, std::chrono::milliseconds patience) {
    client.set_deadline(in(patience));
    std::array<char, 16> into{};
    const auto got = co_await client.read_some(into);
    co_return got.has_value() ? *got == 0 : got.error().code == errc::connection_closed;
}

/// Containers often have none.
bool has_ipv6() {
    const os::unique_descriptor socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 loopback{};
    loopback.sin6_family = AF_INET6;
    loopback.sin6_addr = in6addr_loopback;
    return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&loopback), sizeof(loopback)) == 0;
}

struct listening {
    net::reactor on;
    net::connection_limits limits;
    std::vector<net::accepted> got;
    std::unique_ptr<net::listener> from;

    explicit listening(net::connection_caps caps = {}, net::tls_server_context* tls = nullptr,
                       const std::string& address = "127.0.0.1")
        : limits(caps) {
        from = net::listener::bind_tcp(on, address, 0, tls, limits).value();
        start();
    }
    void start() {
        from->start([this](net::accepted a) { got.push_back(std::move(a)); });
    }
    task<> until(std::size_t n) {
        while (got.size() < n) co_await pause_for(on, 1ms);
    }
};

}  // namespace

TEST_CASE("accepted connections carry bytes and say where they came from") {
    struct row {
        const char* listens;
        const char* called;
    };
    for (const auto& [listens, called] :
         {row{"127.0.0.1", "127.0.0.1"}, row{"::1", "::1"}, row{"::", "127.0.0.1"}, row{"0.0.0.0", "127.0.0.1"}}) {
        CAPTURE(listens);
        if (std::string_view(listens).starts_with("::") && !has_ipv6()) {
            MESSAGE("not tried: this machine has no IPv6");
            continue;
        }
        listening l({}, nullptr, listens);
        run_on(l.on, [&]() -> task<> {
            auto client = co_await dial(l.on, at(called, l.from->port()));
            co_await l.until(1);
            CHECK(l.got[0].from.address == called);
            CHECK(l.got[0].from.port != 0);
            CHECK(l.got[0].from.uid == -1);
            CHECK((co_await l.got[0].stream->write_all("hello")).has_value());
            std::array<char, 16> into{};
            CHECK((co_await client->read_some(into)).value() == 5);
        }());
    }
}

TEST_CASE("two reactors share one port") {
    listening first;
    net::reactor other;
    CHECK(net::listener::bind_tcp(other, "127.0.0.1", first.from->port(), nullptr, first.limits).has_value());
}

TEST_CASE("who wants a port alone does not get one that another listens on") {
    listening first;
    net::reactor other;
    const auto made =
        net::listener::bind_tcp(other, "127.0.0.1", first.from->port(), nullptr, first.limits, net::port_use::alone);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().message.find(std::to_string(first.from->port())) != std::string::npos);
    CHECK(made.error().hint.find("another port") != std::string::npos);
}

TEST_CASE("what cannot be listened on is named with a fix") {
    net::reactor on;
    net::connection_limits limits({});
    for (const auto* address : {"localhost", "", "192.0.2.1", "256.0.0.1"}) {
        CAPTURE(address);
        const auto made = net::listener::bind_tcp(on, address, 0, nullptr, limits);
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().code == errc::invalid_configuration);
        CHECK(made.error().message.find(address) != std::string::npos);
        CHECK_FALSE(made.error().hint.empty());
    }
}

TEST_CASE("after stop nobody is accepted") {
    listening l;
    const auto port = l.from->port();
    run_on(l.on, [&]() -> task<> {
        l.from->stop();
        l.from->stop();
        const auto refused = co_await net::connect_to(l.on, at("127.0.0.1", port), deadline::after(25s));
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == errc::connection_failed);
    }());
    CHECK(l.got.empty());
}

TEST_CASE("above the total cap a connection is closed at once, and accepted again when a place is free") {
    listening l({2, 64, 256});
    run_on(l.on, [&]() -> task<> {
        const auto to = at("127.0.0.1", l.from->port());
        auto a = co_await dial(l.on, to);
        auto b = co_await dial(l.on, to);
        co_await l.until(2);
        auto c = co_await dial(l.on, to);
        CHECK(co_await is_ended(*c, 25s));
        CHECK(l.got.size() == 2);
        l.got.erase(l.got.begin());
        auto d = co_await dial(l.on, to);
        co_await l.until(2);
        CHECK(l.limits.refused() == 1);
    }());
}

TEST_CASE("when handshakes are full the oldest half-open one gives way to the newcomer") {
    tls_pair tls;
    listening l({100, 64, 2}, tls.server.get());
    run_on(l.on, [&]() -> task<> {
        const auto to = at("127.0.0.1", l.from->port());
        auto oldest = co_await dial(l.on, to);
        auto second = co_await dial(l.on, to);
        co_await l.until(2);
        auto third = co_await dial(l.on, to);
        co_await l.until(3);
        CHECK(co_await is_ended(*oldest, 25s));
        CHECK_FALSE(co_await is_ended(*second, 150ms));
        CHECK_FALSE(co_await is_ended(*third, 150ms));
        const auto shaken = co_await l.got[0].stream->handshake();
        REQUIRE_FALSE(shaken.has_value());
        CHECK(shaken.error().code == errc::deadline_exceeded);
    }());
}

TEST_CASE("a full door closes a connection of the address that holds most for one that holds none") {
    listening l({2, 64, 256});
    run_on(l.on, [&]() -> task<> {
        const auto to = at("127.0.0.1", l.from->port());
        auto first = co_await dial_from(l.on, "127.0.0.2", to);
        auto second = co_await dial_from(l.on, "127.0.0.2", to);
        co_await l.until(2);
        auto newcomer = co_await dial_from(l.on, "127.0.0.3", to);
        co_await l.until(3);
        CHECK(co_await is_ended(*first, 25s));
        CHECK((co_await l.got[2].stream->write_all("hello")).has_value());
        CHECK((co_await l.got[1].stream->write_all("hello")).has_value());
        std::array<char, 16> into{};
        CHECK((co_await newcomer->read_some(into)).value() == 5);
        CHECK((co_await second->read_some(into)).value() == 5);
    }());
    CHECK(l.limits.refused() == 0);
}

TEST_CASE("a receiver that throws loses its connection only") {
    listening l;
    int calls = 0;
    std::string said;
    l.on.on_escaped = [&said](const char* what) { said = what; };
    l.from->stop();
    l.from = net::listener::bind_tcp(l.on, "127.0.0.1", 0, nullptr, l.limits).value();
    l.from->start([&](net::accepted a) {
        if (++calls == 1) throw std::runtime_error("no memory for a session");
        l.got.push_back(std::move(a));
    });
    run_on(l.on, [&]() -> task<> {
        auto lost = co_await dial(l.on, at("127.0.0.1", l.from->port()));
        CHECK(co_await is_ended(*lost, 25s));
        auto kept = co_await dial(l.on, at("127.0.0.1", l.from->port()));
        co_await l.until(1);
    }());
    CHECK(said == "no memory for a session");
    CHECK(l.limits.open() == 1);
}

TEST_CASE("without descriptors the listener backs off, tells the client, and recovers") {
    // In a child, because the limit is the process's.
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        int verdict = 1;
        {
            listening l;
            run_on(l.on, [&]() -> task<> {
                const auto to = at("127.0.0.1", l.from->port());
                auto first = co_await dial(l.on, to);
                co_await l.until(1);
                // The next client's own descriptor is the last one free.
                rlimit limit{};
                ::getrlimit(RLIMIT_NOFILE, &limit);
                const int next = ::dup(0);
                ::close(next);
                limit.rlim_cur = static_cast<rlim_t>(next) + 1;
                ::setrlimit(RLIMIT_NOFILE, &limit);
                auto refused = co_await dial(l.on, to);
                const bool told = co_await is_ended(*refused, 25s);
                timespec before{}, after{};
                ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
                refused.reset();
                refused = co_await dial(l.on, to);
                co_await pause_for(l.on, 300ms);
                ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
                const auto spent = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1'000'000;
                limit.rlim_cur = limit.rlim_max;
                ::setrlimit(RLIMIT_NOFILE, &limit);
                auto welcome = co_await dial(l.on, to);
                co_await l.until(2);
                verdict = told && spent < 100 ? 0 : 2;
            }());
        }
        ::_exit(verdict);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a spare descriptor that was lost is taken again") {
    // In a child, because the limit is the process's. The spare is lost when its number is taken while a client is
    // refused with it.
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        int verdict = 1;
        {
            listening l;
            run_on(l.on, [&]() -> task<> {
                const auto to = at("127.0.0.1", l.from->port());
                rlimit all{};
                ::getrlimit(RLIMIT_NOFILE, &all);
                const auto shut = [&all](int first_closed) {
                    rlimit limit = all;
                    limit.rlim_cur = static_cast<rlim_t>(first_closed);
                    ::setrlimit(RLIMIT_NOFILE, &limit);
                };
                const auto open_numbers = [] {
                    int n = 0;
                    for (int fd = 0; fd < 256; ++fd) n += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
                    return n;
                };
                os::unique_descriptor caller(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
                const int before = open_numbers();
                shut(0);  // nothing can be opened at all: what is given back cannot be had again
                REQUIRE(::connect(caller.get(), to.data(), static_cast<socklen_t>(to.size())) == 0);
                while (open_numbers() == before) co_await pause_for(l.on, 1ms);
                ::setrlimit(RLIMIT_NOFILE, &all);
                co_await l.until(1);
                const int next = ::dup(0);
                ::close(next);
                shut(next + 1);
                auto refused = co_await dial(l.on, to);
                verdict = co_await is_ended(*refused, 25s) ? 0 : 2;
                ::setrlimit(RLIMIT_NOFILE, &all);
            }());
        }
        ::_exit(verdict);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a unix socket is private, knows its peer, and cleans up after itself") {
    scratch_folder directory;
    struct row {
        const char* name;
        std::string file;
    };
    std::filesystem::create_directories(directory.file(std::string(100, 'd')));
    for (const auto& r :
         {row{"short path", "control.sock"}, row{"longer than sun_path", std::string(100, 'd') + "/control.sock"}}) {
        CAPTURE(r.name);
        const auto path = directory.file(r.file);
        net::reactor on;
        net::connection_limits limits({});
        std::vector<net::accepted> got;
        auto from = net::listener::bind_unix(on, path, limits).value();
        from->start([&got](net::accepted a) { got.push_back(std::move(a)); });
        struct stat about{};
        REQUIRE(::stat(path.c_str(), &about) == 0);
        CHECK((about.st_mode & 07777) == 0600);
        run_on(on, [&]() -> task<> {
            const auto to = net::unix_address::make(path).value();
            auto client = co_await dial(on, net::address(to.get(), to.size()));
            while (got.empty()) co_await pause_for(on, 1ms);
            CHECK(got[0].from.address == "local");
            CHECK(got[0].from.uid == static_cast<int>(::getuid()));
            CHECK((co_await client->write_all("ping")).has_value());
            std::array<char, 16> into{};
            CHECK((co_await got[0].stream->read_some(into)).value() == 4);
        }());
        const auto second = net::listener::bind_unix(on, path, limits);
        REQUIRE_FALSE(second.has_value());
        CHECK(second.error().message.find("another server") != std::string::npos);
        from->stop();
        CHECK_FALSE(std::filesystem::exists(path));
    }
}

TEST_CASE("a stale socket file is replaced, any other file is not") {
    scratch_folder directory;
    net::reactor on;
    net::connection_limits limits({});
    const auto stale = directory.file("stale.sock");
    {
        const auto where = net::unix_address::make(stale).value();
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        REQUIRE(::bind(fd, where.get(), where.size()) == 0);
        ::close(fd);  // what a killed server leaves
    }
    CHECK(net::listener::bind_unix(on, stale, limits).has_value());

    const auto precious = directory.put("precious.txt", "keep me");
    const auto refused = net::listener::bind_unix(on, precious, limits);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::invalid_configuration);
    CHECK(std::filesystem::exists(precious));
    CHECK_FALSE(net::listener::bind_unix(on, directory.file("absent/" + std::string(100, 'x')), limits).has_value());
    CHECK_FALSE(net::listener::bind_unix(on, directory.file(std::string(120, 'x')), limits).has_value());
    CHECK_FALSE(net::listener::bind_unix(on, "", limits).has_value());
}
