#pragma once

#include "net/byte_stream.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hourkey::test {

/// What the peer does when its chunks are used up.
enum class ending {
    fin,        ///< orderly end: read_some gives 0
    truncated,  ///< TLS without close_notify: connection_truncated
    reset,      ///< connection_closed
    hang        ///< nothing more until feed(), close() or the deadline
};

/// The peer of a scripted_stream, and the record of what was done to it. Outlives the stream, so that a test can look
/// at it after the code under test has destroyed its end.
struct script {
    std::deque<std::string> chunks;  ///< each read_some gives at most one
    ending end = ending::fin;
    std::optional<errc> handshake_failure;
    std::optional<std::size_t> writes_before_failure;  ///< further write_all calls fail with connection_closed

    std::vector<std::string> writes;  ///< one entry per write_all
    std::vector<steady_time> deadlines;
    bool handshaken = false;
    bool closed = false;
    bool lingered = false;
    bool paused = false;

    explicit script(std::deque<std::string> what = {}, ending how = ending::fin) : chunks(std::move(what)), end(how) {}

    [[nodiscard]] std::string written() const {
        std::string all;
        for (const auto& w : writes) all += w;
        return all;
    }
    /// More from the peer; wakes a stream that hangs.
    void feed(std::string chunk) {
        chunks.push_back(std::move(chunk));
        wake();
    }
    void finish(ending how) {
        end = how;
        wake();
    }

private:
    friend class scripted_stream;
    using timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                    boost::asio::wait_traits<std::chrono::steady_clock>, executor>;
    void wake() {
        if (waiting_ != nullptr) waiting_->cancel();
    }
    timer* waiting_ = nullptr;
};

/// Every delivery goes through the executor's queue, as a real stream's may: code that relies on finishing without
/// suspension fails here.
class scripted_stream final : public net::byte_stream {
public:
    scripted_stream(executor on, std::shared_ptr<script> peer) : on_(std::move(on)), peer_(std::move(peer)) {}
    ~scripted_stream() override { close(); }

    task<result<>> handshake() override {
        co_await boost::asio::post(on_, use_task);
        peer_->handshaken = true;
        if (peer_->handshake_failure) co_return failure(*peer_->handshake_failure);
        co_return result<>{};
    }

    task<result<std::size_t>> read_some(std::span<char> into) override {
        co_await boost::asio::post(on_, use_task);
        HK_CO_CHECK(co_await until_readable());
        if (peer_->chunks.empty()) {
            if (peer_->end == ending::truncated) co_return failure(errc::connection_truncated);
            if (peer_->end == ending::reset) co_return failure(errc::connection_closed);
            co_return std::size_t{0};
        }
        auto& front = peer_->chunks.front();
        const auto n = std::min(front.size(), into.size());
        std::copy_n(front.begin(), n, into.begin());
        front.erase(0, n);
        if (front.empty()) peer_->chunks.pop_front();
        co_return n;
    }

    task<result<>> wait_readable() override {
        co_await boost::asio::post(on_, use_task);
        co_return co_await until_readable();
    }

    task<> pause(steady_time until) override {
        peer_->paused = true;
        script::timer timer(on_, until);
        peer_->waiting_ = &timer;
        if (!closed_) co_await timer.async_wait(as_task_tuple);
        peer_->waiting_ = nullptr;
    }

    task<result<>> write_all(std::string_view bytes) override {
        std::string kept(bytes);  // before suspending: the caller's buffer may be shared
        co_await boost::asio::post(on_, use_task);
        if (closed_) co_return failure(errc::connection_closed);
        if (peer_->writes_before_failure && peer_->writes.size() >= *peer_->writes_before_failure)
            co_return failure(errc::connection_closed);
        peer_->writes.push_back(std::move(kept));
        co_return result<>{};
    }

    void set_deadline(steady_time at) noexcept override {
        deadline_ = at;
        peer_->deadlines.push_back(at);
        peer_->wake();
    }

    void give_way() noexcept override { close(); }

    [[nodiscard]] bool is_quiet() noexcept override {
        return !closed_ && peer_->chunks.empty() && peer_->end == ending::hang;
    }

    void close() noexcept override {
        closed_ = true;
        peer_->closed = true;
        peer_->wake();
    }

    task<> linger_close() override {
        peer_->lingered = true;
        close();
        co_return;
    }

private:
    /// The deadline ends only what hangs: how long a loaded machine takes for anything else changes no test.
    task<result<>> until_readable() {
        for (;;) {
            if (closed_) co_return failure(errc::connection_closed);
            if (!peer_->chunks.empty() || peer_->end != ending::hang) co_return result<>{};
            if (std::chrono::steady_clock::now() >= deadline_) co_return failure(errc::deadline_exceeded);
            script::timer timer(on_, deadline_);
            peer_->waiting_ = &timer;
            co_await timer.async_wait(as_task_tuple);
            peer_->waiting_ = nullptr;
        }
    }

    executor on_;
    std::shared_ptr<script> peer_;
    steady_time deadline_ = steady_time::max();
    bool closed_ = false;
};

}  // namespace hourkey::test
