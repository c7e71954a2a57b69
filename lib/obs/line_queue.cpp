#include "obs/line_queue.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace hourkey::obs {
namespace {

constexpr std::chrono::seconds end_patience{2};

/// How much of `bytes` the descriptor took. Whoever shares standard error may have made it non-blocking.
std::size_t write_out(int descriptor, std::string_view bytes) noexcept {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto n = ::write(descriptor, bytes.data() + done, bytes.size() - done);
        if (n > 0) {
            done += static_cast<std::size_t>(n);
        } else if (n < 0 && errno == EAGAIN) {
            pollfd room{.fd = descriptor, .events = POLLOUT, .revents = 0};
            ::poll(&room, 1, -1);
        } else if (n == 0 || errno != EINTR) {
            break;
        }
    }
    return done;
}

}  // namespace

struct line_queue::state {
    std::mutex mutex;
    std::condition_variable to_write, was_written;
    int descriptor;
    const drop_notice notice;
    std::string queued;
    std::uint64_t put_bytes = 0, settled_bytes = 0;  ///< accepted, and of these written or lost
    std::uint64_t untold = 0;                        ///< dropped lines that no notice has told of
    std::optional<std::uint64_t> gave_up_at;         ///< settled_bytes when a flush had waited long enough
    bool hurry = false, ending = false;
    std::atomic<std::uint64_t> dropped{0};

    state(int d, drop_notice n) : descriptor(d), notice(n) {}

    void drop(std::uint64_t lines) {
        untold += lines;
        dropped.fetch_add(lines, std::memory_order_relaxed);
    }

    void run() {
        std::string chunk;
        for (std::unique_lock lock(mutex);;) {
            to_write.wait(lock, [this] { return !queued.empty() || ending; });
            if (queued.empty()) return;
            to_write.wait_for(lock, gathering_time, [this] { return hurry || ending; });
            hurry = false;
            chunk.swap(queued);
            write(chunk, lock);
            if (chunk.capacity() > 4 * gathered_bytes) chunk.shrink_to_fit();
        }
    }

    void write(std::string& chunk, std::unique_lock<std::mutex>& lock) {
        const auto lines_end = chunk.size();
        const auto telling = untold;
        if (telling != 0) notice(chunk, telling);  // they were dropped behind these: there was no room then
        const int to = descriptor;
        lock.unlock();
        const auto written = write_out(to, chunk);
        lock.lock();
        if (written == chunk.size()) {
            untold -= telling;
        } else if (written < lines_end) {
            drop(static_cast<std::uint64_t>(std::count(chunk.begin() + static_cast<std::ptrdiff_t>(written),
                                                       chunk.begin() + static_cast<std::ptrdiff_t>(lines_end), '\n')));
        }
        settled_bytes += lines_end;
        chunk.clear();
        was_written.notify_all();
    }

    void flush(std::unique_lock<std::mutex>& lock, std::chrono::milliseconds at_most) {
        const auto target = put_bytes;
        if (settled_bytes >= target || gave_up_at == settled_bytes) return;
        hurry = true;
        to_write.notify_one();
        if (!was_written.wait_for(lock, at_most, [&] { return settled_bytes >= target; })) gave_up_at = settled_bytes;
    }
};

line_queue::line_queue(int descriptor, drop_notice notice) : state_(std::make_shared<state>(descriptor, notice)) {
    std::thread([s = state_] { s->run(); }).detach();
}

line_queue::~line_queue() {
    std::unique_lock lock(state_->mutex);
    state_->flush(lock, end_patience);
    state_->ending = true;
    state_->to_write.notify_one();
}

void line_queue::put(std::string_view line, urgency u) {
    auto& s = *state_;
    const std::scoped_lock lock(s.mutex);
    if (s.queued.size() + line.size() > most_bytes) return s.drop(1);
    const bool was_empty = s.queued.empty();
    s.queued.append(line);
    s.put_bytes += line.size();
    const bool hurries = !s.hurry && (u == urgency::at_once || s.queued.size() >= gathered_bytes);
    s.hurry |= hurries;
    if (was_empty || hurries) s.to_write.notify_one();
}

void line_queue::flush(std::chrono::milliseconds at_most) {
    std::unique_lock lock(state_->mutex);
    state_->flush(lock, at_most);
}

void line_queue::flush_before_death(std::chrono::milliseconds at_most) noexcept {
    constexpr std::chrono::milliseconds between_tries{1};
    const auto until = std::chrono::steady_clock::now() + at_most;
    std::unique_lock lock(state_->mutex, std::try_to_lock);
    // Whoever holds it may be this very thread, and then nobody lets it go: pthread_mutex_trylock() says EBUSY to both.
    while (!lock.owns_lock() && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(between_tries);
        static_cast<void>(lock.try_lock());
    }
    if (lock.owns_lock()) state_->flush(lock, at_most);
}

void line_queue::redirect(int descriptor) {
    std::unique_lock lock(state_->mutex);
    state_->flush(lock, end_patience);
    state_->descriptor = descriptor;
}

std::uint64_t line_queue::dropped() const noexcept { return state_->dropped.load(std::memory_order_relaxed); }

}  // namespace hourkey::obs
