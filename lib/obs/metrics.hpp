#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hourkey::obs {

/// One metric of the exposition. Counting is relaxed atomics: no lock and no allocation. Label values are fixed when a
/// metric is made, so that no request can add a time series; tenants, apps and connections are never labels.
class metric {
public:
    metric(std::string name, std::string help) : name_(std::move(name)), help_(std::move(help)) {}
    metric(const metric&) = delete;
    metric& operator=(const metric&) = delete;
    virtual ~metric() = default;

    /// HELP, TYPE and samples in the Prometheus text format 0.0.4.
    void expose(std::string& out) const;

protected:
    [[nodiscard]] virtual std::string_view type() const noexcept = 0;
    virtual void expose_samples(std::string& out) const = 0;
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    std::string name_, help_;
};

class counter final : public metric {
public:
    using metric::metric;
    void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
    /// For a count that a module keeps itself; set before serving begins.
    void read_from(std::function<std::uint64_t()> source) { source_ = std::move(source); }
    [[nodiscard]] std::uint64_t value() const { return source_ ? source_() : value_.load(std::memory_order_relaxed); }

private:
    std::string_view type() const noexcept override { return "counter"; }
    void expose_samples(std::string& out) const override;
    std::atomic<std::uint64_t> value_{0};
    std::function<std::uint64_t()> source_;
};

/// What counter_by is without its enum.
class labelled_counters : public metric {
public:
    labelled_counters(std::string name, std::string help, std::string label, std::vector<std::string_view> values);

protected:
    std::atomic<std::uint64_t>& at(std::size_t index) noexcept { return counts_[index]; }
    [[nodiscard]] const std::atomic<std::uint64_t>& at(std::size_t index) const noexcept { return counts_[index]; }

private:
    std::string_view type() const noexcept override { return "counter"; }
    void expose_samples(std::string& out) const override;
    std::string label_;
    std::vector<std::string_view> values_;
    std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;
};

/// A counter for each value of one label. `Label` is an enum from 0; `values` names all of its values in their order.
template <class Label>
    requires std::is_enum_v<Label>
class counter_by final : public labelled_counters {
public:
    using labelled_counters::labelled_counters;
    void add(Label label, std::uint64_t n = 1) noexcept {
        at(static_cast<std::size_t>(label)).fetch_add(n, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t value(Label label) const noexcept {
        return at(static_cast<std::size_t>(label)).load(std::memory_order_relaxed);
    }
};

class gauge final : public metric {
public:
    using metric::metric;
    void set(double value) noexcept { value_.store(value, std::memory_order_relaxed); }
    /// For a value that is known elsewhere; set before serving begins.
    void read_from(std::function<double()> source) { source_ = std::move(source); }
    [[nodiscard]] double value() const { return source_ ? source_() : value_.load(std::memory_order_relaxed); }

private:
    std::string_view type() const noexcept override { return "gauge"; }
    void expose_samples(std::string& out) const override;
    std::atomic<double> value_{0};
    std::function<double()> source_;
};

/// Durations, exposed in seconds.
class histogram final : public metric {
public:
    /// `bounds`: the upper ends of the buckets, ascending; the one without an end is added.
    histogram(std::string name, std::string help, std::vector<std::chrono::nanoseconds> bounds);
    void observe(std::chrono::nanoseconds took) noexcept;

private:
    std::string_view type() const noexcept override { return "histogram"; }
    void expose_samples(std::string& out) const override;
    std::vector<std::chrono::nanoseconds> bounds_;
    std::unique_ptr<std::atomic<std::uint64_t>[]> buckets_;
    std::atomic<std::int64_t> sum_ns_{0};
};

/// Answers by route template, method and status. Routes are added while the server is wired, before the first request.
class request_counter final : public metric {
public:
    using metric::metric;
    using route_id = std::size_t;
    static constexpr route_id no_route = 0;  ///< a target that no route matches

    /// A route that is there already, at another door say, keeps its id.
    [[nodiscard]] route_id add_route(std::string_view method, std::string_view route);
    /// A status outside hourkey's own counts as "other".
    void add(route_id route, int status) noexcept;

private:
    static constexpr std::array<int, 23> statuses{200, 201, 204, 304, 400, 401, 403, 404, 405, 408, 409, 411,
                                                  412, 413, 414, 415, 422, 429, 431, 500, 502, 503, 504};

    struct row {
        std::string method, route;
        std::array<std::atomic<std::uint64_t>, statuses.size() + 1> counts{};
    };
    std::string_view type() const noexcept override { return "counter"; }
    void expose_samples(std::string& out) const override;
    std::deque<row> rows_ = make_rows();
    static std::deque<row> make_rows();
};

/// A constant 1 whose one label tells something about the program.
class info_metric final : public metric {
public:
    info_metric(std::string name, std::string help, std::string label, std::string value)
        : metric(std::move(name), std::move(help)), label_(std::move(label)), value_(std::move(value)) {}

private:
    std::string_view type() const noexcept override { return "gauge"; }
    void expose_samples(std::string& out) const override;
    std::string label_, value_;
};

struct label_view {
    std::string_view name, value;
};
/// Appends `name{label="value",...} number`, the label values escaped.
void append_sample(std::string& out, std::string_view name, std::initializer_list<label_view> labels,
                   std::uint64_t value);
void append_sample(std::string& out, std::string_view name, std::initializer_list<label_view> labels, double value);

}  // namespace hourkey::obs
