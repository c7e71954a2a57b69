#include "net/descriptor_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/socket.h>

namespace hourkey::net {

descriptor_stream::descriptor_stream(reactor& on, stream_socket socket) : on_(on), socket_(std::move(socket)), fd_(socket_.native_handle()) {
    on_.watch(*this);
}

void descriptor_stream::expire() noexcept {
    expired_ = true;
    // Waits end, but the descriptor stays open: the owner may be suspended elsewhere, and a closed number would be given to
    // the next client. ended() keeps the owner from every further byte.
    wake();
}

void descriptor_stream::wake() noexcept {
    boost::system::error_code ignored;
    if (fd_ >= 0) socket_.cancel(ignored);
}

void descriptor_stream::set_deadline(steady_time at) noexcept {
    expires_at = at;
    if (!expired_ || at <= std::chrono::steady_clock::now()) return;
    expired_ = false;
    if (!is_linked()) on_.watch(*this);  // the sweeper let go of it when it expired
}

void descriptor_stream::close() noexcept {
    if (fd_ < 0) return;
    say_goodbye();
    fd_ = -1;
    unlink();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

task<> descriptor_stream::linger_close() {
    if (fd_ < 0) co_return;
    say_goodbye();
    ::shutdown(fd_, SHUT_WR);
    expires_at = std::min(expires_at, std::chrono::steady_clock::now() + linger_time);
    std::array<char, 4096> discarded;
    for (std::size_t total = 0; total < linger_bytes && !ended();) {
        const auto n = ::recv(fd_, discarded.data(), discarded.size(), 0);
        if (n > 0) {
            total += static_cast<std::size_t>(n);
        } else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (const auto waited = co_await ready(stream_socket::wait_read); !waited) break;
        } else {
            break;
        }
    }
    close();
}

std::optional<failure> descriptor_stream::ended() const {
    if (expired_) return failure(errc::deadline_exceeded);
    if (fd_ < 0) return failure(errc::connection_closed);
    return std::nullopt;
}

task<result<>> descriptor_stream::ready(stream_socket::wait_type direction) {
    co_await socket_.async_wait(direction, as_task_tuple);
    if (auto end = ended()) co_return *std::move(end);
    co_return result<>{};
}

}  // namespace hourkey::net
