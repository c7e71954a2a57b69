#include "net/descriptor_stream.hpp"

#include "core/secret.hpp"

#include <cerrno>
#include <cstring>

namespace hourkey::net {
namespace {

failure from_errno(int error) { return failure(errc::connection_closed, {}, {}, std::strerror(error)); }

class plain_stream final : public descriptor_stream {
public:
    plain_stream(reactor& on, os::unique_descriptor fd) : descriptor_stream(on, std::move(fd)) {}
    ~plain_stream() override { close(); }

    task<result<>> handshake() override {
        if (auto end = ended()) co_return *std::move(end);
        co_return result<>{};
    }

    task<result<std::size_t>> read_some(std::span<char> into) override {
        for (;;) {
            if (auto end = ended()) co_return *std::move(end);
            const auto n = descriptor().receive(into);
            if (n >= 0) co_return static_cast<std::size_t>(n);
            if (errno != EAGAIN) co_return from_errno(errno);
            co_await descriptor().wait(direction::read);
        }
    }

    task<result<>> wait_readable() override {
        if (auto end = ended()) co_return *std::move(end);
        co_await descriptor().wait(direction::read);
        if (auto end = ended()) co_return *std::move(end);
        co_return result<>{};
    }

    task<result<>> write_all(std::string_view bytes) override {
        HK_CO_TRY(auto sent, send_now(bytes));
        if (sent == bytes.size()) co_return result<>{};
        const secret rest(bytes.substr(sent));  // wiped when it goes
        for (sent = 0; sent < rest.size();) {
            co_await descriptor().wait(direction::write);
            HK_CO_TRY(const auto more, send_now(rest.expose().substr(sent)));
            sent += more;
        }
        co_return result<>{};
    }

    [[nodiscard]] bool is_quiet() noexcept override { return !ended() && !descriptor().has_input(); }

private:
    void say_goodbye() noexcept override {}

    /// How much the kernel took; 0 when it is full.
    [[nodiscard]] result<std::size_t> send_now(std::string_view bytes) {
        if (auto end = ended()) return *std::move(end);
        std::size_t sent = 0;
        while (sent < bytes.size()) {
            const auto n = descriptor().send(bytes.substr(sent));
            if (n < 0) {
                if (errno == EAGAIN) break;
                return from_errno(errno);
            }
            sent += static_cast<std::size_t>(n);
        }
        return sent;
    }
};

}  // namespace

std::unique_ptr<byte_stream> make_plain_stream(reactor& on, os::unique_descriptor fd) {
    return std::make_unique<plain_stream>(on, std::move(fd));
}

}  // namespace hourkey::net
