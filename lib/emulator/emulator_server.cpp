#include "emulator/emulator_server.hpp"

#include "emulator/connection.hpp"
#include "net/descriptor_stream.hpp"
#include "net/tls_stream.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <set>
#include <utility>

#include <sys/socket.h>

namespace hourkey::emulator {
namespace {

using boost::asio::ip::tcp;
using tcp_acceptor = boost::asio::basic_socket_acceptor<tcp, executor>;
using tcp_socket = boost::asio::basic_stream_socket<tcp, executor>;
using boost::system::error_code;

/// A listener for both families shows IPv4 peers as addresses of IPv6.
boost::asio::ip::address plain_address(const boost::asio::ip::address& a) {
    if (a.is_v6() && a.to_v6().is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, a.to_v6());
    return a;
}

failure not_bound(const server_settings& s, const error_code& why) {
    return failure(errc::invalid_configuration,
                   "cannot listen on " + s.address + " port " + std::to_string(s.port) + ": " + why.message(),
                   "Choose an address of this machine and a free port; port 0 takes any.");
}

}  // namespace

struct emulator_server::state {
    state(net::reactor& r, sts_emulator& s, net::tls_server_context* t)
        : on(r), sts(s), tls(t), acceptor(r.get_executor()) {}

    net::reactor& on;
    sts_emulator& sts;
    net::tls_server_context* tls;
    tcp_acceptor acceptor;
    std::uint16_t port = 0;
    std::set<connection*> open;
    bool stopped = false;

    static task<> accept_all(std::shared_ptr<state> self);
    static task<> serve(std::shared_ptr<state> self, tcp_socket socket);
    [[nodiscard]] std::unique_ptr<net::byte_stream> stream_over(os::unique_descriptor fd, bool secured) const;
};

namespace {

/// Keeps a connection among the open ones for as long as its coroutine lives.
class open_entry {
public:
    open_entry(std::set<connection*>& open, connection& c) : open_(open), connection_(c) { open_.insert(&connection_); }
    ~open_entry() { open_.erase(&connection_); }
    open_entry(const open_entry&) = delete;
    open_entry& operator=(const open_entry&) = delete;

private:
    std::set<connection*>& open_;
    connection& connection_;
};

}  // namespace

task<> emulator_server::state::accept_all(std::shared_ptr<state> self) {
    while (!self->stopped) {
        auto [ec, socket] = co_await self->acceptor.async_accept(as_task_tuple);
        if (self->stopped) co_return;
        if (ec) {
            // Out of descriptors, most likely: spinning would not free any.
            steady_timer later(self->on.get_executor(), std::chrono::milliseconds(50));
            co_await later.async_wait(as_task_tuple);
            continue;
        }
        auto serving = serve(self, std::move(socket));
        self->on.spawn(std::move(serving));
    }
}

task<> emulator_server::state::serve(std::shared_ptr<state> self, tcp_socket socket) {
    error_code ec;
    const auto where = socket.remote_endpoint(ec);
    if (ec) co_return;
    socket.set_option(tcp::no_delay(true), ec);
    socket.native_non_blocking(true, ec);
    const auto rule = self->sts.fault_at_accept();
    const int descriptor = socket.native_handle();
    auto stream = self->stream_over(os::unique_descriptor(socket.release()), !rule);
    if (!stream) co_return;
    const auto address = plain_address(where.address());
    emulator::peer from{
        .address = address.to_string(), .is_loopback = address.is_loopback(), .is_secure = self->tls != nullptr};
    connection served(self->on, self->sts, std::move(stream), descriptor, std::move(from));
    const open_entry entry(self->open, served);
    if (rule) {
        co_await served.end_at_once(rule->what);
    } else {
        co_await served.serve();
    }
}

std::unique_ptr<net::byte_stream> emulator_server::state::stream_over(os::unique_descriptor fd, bool secured) const {
    if (tls == nullptr || !secured) return net::make_plain_stream(on, std::move(fd));
    auto made = net::make_tls_server_stream(on, std::move(fd), tls->current());
    return made ? *std::move(made) : nullptr;
}

emulator_server::emulator_server(std::shared_ptr<state> s) : state_(std::move(s)) {}

result<std::unique_ptr<emulator_server>> emulator_server::bind(net::reactor& on, sts_emulator& sts,
                                                               const server_settings& settings) {
    error_code ec;
    const auto address = boost::asio::ip::make_address(settings.address, ec);
    if (ec) return not_bound(settings, ec);
    auto s = std::make_shared<state>(on, sts, settings.tls);
    const tcp::endpoint where(address, settings.port);
    s->acceptor.open(where.protocol(), ec);
    if (ec) return not_bound(settings, ec);
    const int yes = 1;
    ::setsockopt(s->acceptor.native_handle(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (settings.use == port_use::shared)
        ::setsockopt(s->acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
    s->acceptor.bind(where, ec);
    if (!ec) s->acceptor.listen(boost::asio::socket_base::max_listen_connections, ec);
    if (ec) return not_bound(settings, ec);
    s->port = s->acceptor.local_endpoint(ec).port();
    auto accepting = state::accept_all(s);
    on.spawn(std::move(accepting));
    return std::unique_ptr<emulator_server>(new emulator_server(std::move(s)));
}

emulator_server::~emulator_server() { stop(); }

std::uint16_t emulator_server::port() const noexcept { return state_->port; }

std::size_t emulator_server::connections() const noexcept { return state_->open.size(); }

void emulator_server::stop() noexcept {
    state_->stopped = true;
    error_code ignored;
    state_->acceptor.close(ignored);
    for (auto* c : state_->open) c->close();
}

}  // namespace hourkey::emulator
