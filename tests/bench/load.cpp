#include "load.hpp"

#include <algorithm>
#include <cstdio>

namespace hourkey::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds patience{
    30};  // far above any deadline of the server's, so that its own answer is what counts

steady_clock::duration seconds_of(double s) {
    return std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(s));
}

/// One phase: its workers share the count, the schedule and the figures.
class phase {
public:
    phase(net::reactor& on, net::connection_pool& over, const aim& at, const load_shape& shape, double seconds,
          std::optional<std::uint64_t> requests)
        : on_(on), over_(over), at_(at), shape_(shape), start_(steady_clock::now()), limit_(requests) {
        end_ = requests ? steady_time::max() : start_ + seconds_of(seconds);
        figures_.latencies_us.reserve(1 << 20);
    }

    load_figures run() {
        working_ = shape_.connections;
        for (std::size_t n = 0; n < shape_.connections; ++n) on_.spawn(work());
        on_.run();
        on_.context().restart();
        figures_.seconds = std::chrono::duration<double>(steady_clock::now() - start_).count();
        std::sort(figures_.latencies_us.begin(), figures_.latencies_us.end());
        return std::move(figures_);
    }

private:
    task<> work() {
        steady_timer timer(on_.get_executor());
        while (const auto due = next()) {
            if (*due > steady_clock::now()) {
                timer.expires_at(*due);
                co_await timer.async_wait(as_task_tuple);
            }
            const auto wanted =
                shape_.new_connections ? net::connection_pool::freshness::fresh : net::connection_pool::freshness::any;
            auto answer = co_await http::exchange(over_, at_.request, deadline::after(patience), wanted);
            if (answer) answer->connection.keep();
            record(answer, steady_clock::now() - *due);
        }
        if (--working_ == 0) on_.stop();
    }

    /// When the next request is due; none when the phase is over.
    std::optional<steady_time> next() {
        const auto now = steady_clock::now();
        if (limit_ && begun_ >= *limit_) return std::nullopt;
        const auto due = shape_.rate ? start_ + seconds_of(static_cast<double>(begun_) / *shape_.rate) : now;
        if (due >= end_) return std::nullopt;
        ++begun_;
        return due;
    }

    void record(const result<http::client_answer>& answer, steady_clock::duration took) {
        if (!answer) {
            ++figures_.errors[std::string(describe(answer.error().code).api)];
        } else if (answer->status / 100 != 2) {
            ++figures_.errors[std::to_string(answer->status)];
        } else {
            ++figures_.completed;
            figures_.latencies_us.push_back(
                static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
        }
    }

    net::reactor& on_;
    net::connection_pool& over_;
    const aim& at_;
    const load_shape& shape_;
    const steady_time start_;
    steady_time end_;
    const std::optional<std::uint64_t> limit_;
    std::uint64_t begun_ = 0;
    std::size_t working_ = 0;
    load_figures figures_;
};

}  // namespace

load_figures run_load(net::reactor& on, const aim& at, const load_shape& shape) {
    net::pool_settings settings;
    settings.max_connections = shape.connections;
    settings.connect_timeout = patience;
    net::connection_pool over(on, at.to, settings);
    if (shape.warm_up_seconds > 0) (void)phase(on, over, at, shape, shape.warm_up_seconds, std::nullopt).run();
    std::puts("begin");
    std::fflush(stdout);
    return phase(on, over, at, shape, shape.seconds, shape.requests).run();
}

}  // namespace hourkey::bench
