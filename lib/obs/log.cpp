#include "obs/log.hpp"

#include "obs/line.hpp"
#include "obs/scrub.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <unistd.h>

namespace hourkey::obs {
namespace {

constexpr std::size_t buffer_bytes = 64 * 1024;  // some 200 lines a write
constexpr std::chrono::milliseconds flush_interval{200};

/// Gathers lines and writes them together: spdlog's own stream sinks flush at every line.
class buffered_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    ~buffered_sink() override { write_out(); }

    void redirect(int descriptor) {
        const std::scoped_lock lock(mutex_);
        write_out();
        descriptor_ = descriptor;
    }

protected:
    void sink_it_(const spdlog::details::log_msg& entry) override {
        buffer_.append(entry.payload.data(), entry.payload.size());  // the line is finished already
        if (buffer_.size() >= buffer_bytes) write_out();
    }
    void flush_() override { write_out(); }

private:
    void write_out() noexcept {
        const char* at = buffer_.data();
        auto left = buffer_.size();
        while (left != 0) {
            const auto written = ::write(descriptor_, at, left);
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) break;  // nobody is left to tell that the log cannot be written; serving goes on without it
            at += written;
            left -= static_cast<std::size_t>(written);
        }
        buffer_.clear();
    }

    std::string buffer_;
    int descriptor_ = STDERR_FILENO;
};

constexpr spdlog::level::level_enum to_spdlog(level at) noexcept {
    switch (at) {
        case level::debug: return spdlog::level::debug;
        case level::info: return spdlog::level::info;
        case level::warn: return spdlog::level::warn;
        case level::error: return spdlog::level::err;
    }
    return spdlog::level::err;
}

/// The process has one log, as it has one standard error.
class process_log {
public:
    process_log() : sink_(std::make_shared<buffered_sink>()), logger_("hourkey", sink_) {
        logger_.flush_on(spdlog::level::warn);
        configure({});
        flusher_ = std::jthread([this](const std::stop_token& stop) {
            std::unique_lock lock(waiting_);
            while (!woken_.wait_for(lock, stop, flush_interval, [&] { return stop.stop_requested(); })) logger_.flush();
        });
    }

    void configure(const log_options& options) {
        sink_->redirect(options.descriptor);
        logger_.set_level(to_spdlog(options.lowest));
        json_ = options.format == log_format::json || (options.format == log_format::automatic && ::isatty(options.descriptor) == 0);
    }

    void write(level at, std::string_view message, std::span<const field> fields) {
        if (!logger_.should_log(to_spdlog(at))) return;
        thread_local std::string line;
        line.clear();
        const log_entry entry{.at = system_clock().now(), .severity = at, .message = message, .fields = fields};
        (json_ ? append_json_line : append_human_line)(line, entry);
        if (const auto found = scrub(line); found != 0) scrubbed_.fetch_add(found, std::memory_order_relaxed);
        logger_.log(to_spdlog(at), spdlog::string_view_t(line.data(), line.size()));
    }

    void flush() { logger_.flush(); }
    [[nodiscard]] std::uint64_t scrubbed() const noexcept { return scrubbed_.load(std::memory_order_relaxed); }

private:
    std::shared_ptr<buffered_sink> sink_;
    spdlog::logger logger_;
    std::atomic<bool> json_{true};
    std::atomic<std::uint64_t> scrubbed_{0};
    std::mutex waiting_;
    std::condition_variable_any woken_;
    std::jthread flusher_;  // last: it uses all above and is joined first
};

process_log& instance() {
    static process_log log;
    return log;
}

}  // namespace

void configure(log_options options) { instance().configure(options); }
void log(level at, std::string_view message, std::initializer_list<field> fields) { instance().write(at, message, fields); }
void flush() { instance().flush(); }
std::uint64_t scrubbed_total() noexcept { return instance().scrubbed(); }

}  // namespace hourkey::obs
