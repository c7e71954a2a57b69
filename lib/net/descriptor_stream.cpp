#include "net/descriptor_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/socket.h>

namespace hourkey::net {

descriptor_stream::descriptor_stream(reactor& on, os::unique_descriptor fd)
    : on_(on), fd_(on.descriptors(), std::move(fd)) {
    on_.watch(*this);
}

void descriptor_stream::expire() noexcept {
    expired_ = true;
    // Waits end, but the descriptor stays open: the owner may be suspended elsewhere, and a closed number would be
    // given to the next client. ended() keeps the owner from every further byte.
    fd_.wake();
}

void descriptor_stream::set_deadline(steady_time at) noexcept {
    expires_at = at;
    if (!expired_ || at <= std::chrono::steady_clock::now()) return;
    expired_ = false;
    if (!is_linked()) on_.watch(*this);  // the sweeper let go of it when it expired
}

void descriptor_stream::give_way() noexcept {
    if (!fd_.is_open()) return;
    expire();
    ::shutdown(fd_.get(), SHUT_RDWR);
}

void descriptor_stream::close() noexcept {
    if (!fd_.is_open()) return;
    say_goodbye();
    unlink();
    fd_.close();
}

task<result<proxy_header>> descriptor_stream::read_proxy_header() {
    std::array<char, proxy_header::most_bytes> bytes;
    std::size_t have = 0;
    for (;;) {
        HK_CO_TRY(auto header, parse_proxy_header({bytes.data(), have}));
        if (header.is_complete) co_return header;
        if (auto end = ended()) co_return *std::move(end);
        // Not one byte more: the handshake's follow.
        const auto n = fd_.receive(std::span(bytes).subspan(have, header.size - have));
        if (n > 0) {
            have += static_cast<std::size_t>(n);
        } else if (n < 0 && errno == EAGAIN) {
            co_await fd_.wait(direction::read);
        } else {
            co_return failure(errc::connection_closed);
        }
    }
}

task<> descriptor_stream::pause(steady_time until) {
    set_deadline(until);
    if (!ended()) co_await fd_.wait(direction::none);  // its expiry wakes it
}

task<> descriptor_stream::linger_close() {
    if (!fd_.is_open()) co_return;
    say_goodbye();
    ::shutdown(fd_.get(), SHUT_WR);
    expires_at = std::min(expires_at, std::chrono::steady_clock::now() + linger_time);
    std::array<char, 4096> discarded;
    for (std::size_t total = 0; total < linger_bytes && !ended();) {
        const auto n = fd_.receive(discarded);
        if (n > 0) {
            total += static_cast<std::size_t>(n);
        } else if (n < 0 && errno == EAGAIN) {
            co_await fd_.wait(direction::read);
        } else {
            break;
        }
    }
    close();
}

std::optional<failure> descriptor_stream::ended() const {
    if (expired_) return failure(errc::deadline_exceeded);
    if (!fd_.is_open()) return failure(errc::connection_closed);
    return std::nullopt;
}

}  // namespace hourkey::net
