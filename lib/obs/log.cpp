#include "obs/log.hpp"

#include "obs/line.hpp"
#include "obs/line_queue.hpp"
#include "obs/scrub.hpp"

#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <initializer_list>
#include <memory>
#include <string>

#include <unistd.h>

namespace hourkey::obs {
namespace {

constexpr std::chrono::seconds flush_patience{2};

/// Which of the two shapes lines have; read by whoever logs and by the writing thread.
std::atomic<bool> writes_json{true};

void append_line(std::string& out, const log_entry& entry) {
    (writes_json ? append_json_line : append_human_line)(out, entry);
}

void append_drop_notice(std::string& out, std::uint64_t lines) {
    const std::initializer_list<field> fields{{"lines", lines}};
    append_line(out, {.at = system_clock().now(),
                      .severity = level::warn,
                      .message = "log lines were dropped: standard error was not read",
                      .fields = {fields.begin(), fields.size()}});
}

/// spdlog's own sinks write on the caller's thread, which whoever reads the log could then hold.
class queue_sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
    line_queue queue{STDERR_FILENO, append_drop_notice};

protected:
    void sink_it_(const spdlog::details::log_msg& entry) override {
        using urgency = line_queue::urgency;
        queue.put({entry.payload.data(), entry.payload.size()},
                  entry.level >= spdlog::level::warn ? urgency::at_once : urgency::may_gather);
    }
    void flush_() override { queue.flush(flush_patience); }
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
    process_log() : sink_(std::make_shared<queue_sink>()), logger_("hourkey", sink_) { configure({}); }

    void configure(const log_options& options) {
        sink_->queue.redirect(options.descriptor);
        logger_.set_level(to_spdlog(options.lowest));
        writes_json = options.format == log_format::json ||
                      (options.format == log_format::automatic && ::isatty(options.descriptor) == 0);
    }

    void write(level at, std::string_view message, std::span<const field> fields) {
        if (!logger_.should_log(to_spdlog(at))) return;
        thread_local std::string line;
        line.clear();
        append_line(line, {.at = system_clock().now(), .severity = at, .message = message, .fields = fields});
        if (const auto found = scrub(line); found != 0) scrubbed_.fetch_add(found, std::memory_order_relaxed);
        logger_.log(to_spdlog(at), spdlog::string_view_t(line.data(), line.size()));
    }

    void flush() { logger_.flush(); }
    void flush_before_death() noexcept { sink_->queue.flush_before_death(flush_patience); }
    [[nodiscard]] std::uint64_t scrubbed() const noexcept { return scrubbed_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t dropped() const noexcept { return sink_->queue.dropped(); }

private:
    std::shared_ptr<queue_sink> sink_;
    spdlog::logger logger_;
    std::atomic<std::uint64_t> scrubbed_{0};
};

process_log& instance() {
    static process_log log;
    return log;
}

std::terminate_handler handler_before = nullptr;

[[noreturn]] void flush_and_terminate() {
    instance().flush_before_death();
    if (handler_before != nullptr) handler_before();
    std::abort();
}

}  // namespace

void configure(log_options options) { instance().configure(options); }
void log(level at, std::string_view message, std::initializer_list<field> fields) {
    instance().write(at, message, fields);
}
void flush() { instance().flush(); }

void flush_at_terminate() {
    instance();  // a handler must not be the first to make it
    if (std::get_terminate() != flush_and_terminate) handler_before = std::set_terminate(flush_and_terminate);
}

std::uint64_t scrubbed_total() noexcept { return instance().scrubbed(); }
std::uint64_t dropped_total() noexcept { return instance().dropped(); }

}  // namespace hourkey::obs
