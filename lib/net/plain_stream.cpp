#include "net/descriptor_stream.hpp"

#include "core/secret.hpp"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace hourkey::net {
namespace {

failure from_errno(int error) { return failure(errc::connection_closed, {}, {}, std::strerror(error)); }

class plain_stream final : public descriptor_stream {
public:
    plain_stream(reactor& on, stream_socket socket) : descriptor_stream(on, std::move(socket)) {}
    ~plain_stream() override { close(); }

    task<result<>> handshake() override {
        if (auto end = ended()) co_return *std::move(end);
        co_return result<>{};
    }

    task<result<std::size_t>> read_some(std::span<char> into) override {
        for (;;) {
            if (auto end = ended()) co_return *std::move(end);
            const auto n = ::recv(descriptor(), into.data(), into.size(), 0);
            if (n >= 0) co_return static_cast<std::size_t>(n);
            if (errno == EINTR) continue;
            if (errno != EAGAIN) co_return from_errno(errno);
            HK_CO_CHECK(co_await ready(stream_socket::wait_read));
        }
    }

    task<result<>> wait_readable() override {
        if (auto end = ended()) co_return *std::move(end);
        co_return co_await ready(stream_socket::wait_read);
    }

    task<result<>> write_all(std::string_view bytes) override {
        HK_CO_TRY(auto sent, send_now(bytes));
        if (sent == bytes.size()) co_return result<>{};
        const secret rest(bytes.substr(sent));  // wiped when it goes
        for (sent = 0; sent < rest.size();) {
            HK_CO_CHECK(co_await ready(stream_socket::wait_write));
            HK_CO_TRY(const auto more, send_now(rest.expose().substr(sent)));
            sent += more;
        }
        co_return result<>{};
    }

    [[nodiscard]] bool is_quiet() noexcept override {
        char byte = 0;
        return !ended() && ::recv(descriptor(), &byte, 1, MSG_PEEK) < 0 && errno == EAGAIN;
    }

private:
    void say_goodbye() noexcept override {}

    /// How much the kernel took; 0 when it is full.
    [[nodiscard]] result<std::size_t> send_now(std::string_view bytes) {
        if (auto end = ended()) return *std::move(end);
        std::size_t sent = 0;
        while (sent < bytes.size()) {
            const auto n = ::send(descriptor(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
            if (n >= 0) {
                sent += static_cast<std::size_t>(n);
            } else if (errno == EAGAIN) {
                break;
            } else if (errno != EINTR) {
                return from_errno(errno);
            }
        }
        return sent;
    }
};

}  // namespace

std::unique_ptr<byte_stream> make_plain_stream(reactor& on, stream_socket socket) { return std::make_unique<plain_stream>(on, std::move(socket)); }

}  // namespace hourkey::net
