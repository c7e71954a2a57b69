#include "obs/metrics.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace hourkey::obs {
namespace {

/// Text format 0.0.4: a label value escapes backslash, quote and line feed; HELP only the first and the last.
void append_escaped(std::string& out, std::string_view text, bool in_label) {
    for (const char c : text) {
        if (c == '\n') {
            out.append("\\n");
            continue;
        }
        if (c == '\\' || (c == '"' && in_label)) out.push_back('\\');
        out.push_back(c);
    }
}

void append_number(std::string& out, auto value) {
    std::array<char, 32> digits;
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

std::string number_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    std::string out;
    append_number(out, value);
    return out;
}

void append_name(std::string& out, std::string_view name, std::initializer_list<label_view> labels) {
    out.append(name);
    char before = '{';
    for (const auto& label : labels) {
        out.push_back(before);
        out.append(label.name).append("=\"");
        append_escaped(out, label.value, true);
        out.push_back('"');
        before = ',';
    }
    out.append(labels.size() == 0 ? " " : "} ");
}

double in_seconds(std::chrono::nanoseconds t) { return std::chrono::duration<double>(t).count(); }

}  // namespace

void append_sample(std::string& out, std::string_view name, std::initializer_list<label_view> labels,
                   std::uint64_t value) {
    append_name(out, name, labels);
    append_number(out, value);
    out.push_back('\n');
}

void append_sample(std::string& out, std::string_view name, std::initializer_list<label_view> labels, double value) {
    append_name(out, name, labels);
    out.append(number_text(value)).push_back('\n');
}

void metric::expose(std::string& out) const {
    out.append("# HELP ").append(name_).push_back(' ');
    append_escaped(out, help_, false);
    out.append("\n# TYPE ").append(name_).append(" ").append(type()).push_back('\n');
    expose_samples(out);
}

void counter::expose_samples(std::string& out) const { append_sample(out, name(), {}, value()); }

labelled_counters::labelled_counters(std::string name, std::string help, std::string label,
                                     std::vector<std::string_view> values)
    : metric(std::move(name), std::move(help)),
      label_(std::move(label)),
      values_(std::move(values)),
      counts_(std::make_unique<std::atomic<std::uint64_t>[]>(values_.size())) {}

void labelled_counters::expose_samples(std::string& out) const {
    for (std::size_t i = 0; i < values_.size(); ++i)
        append_sample(out, name(), {{label_, values_[i]}}, counts_[i].load(std::memory_order_relaxed));
}

void gauge::expose_samples(std::string& out) const { append_sample(out, name(), {}, value()); }

histogram::histogram(std::string name, std::string help, std::vector<std::chrono::nanoseconds> bounds)
    : metric(std::move(name), std::move(help)),
      bounds_(std::move(bounds)),
      buckets_(std::make_unique<std::atomic<std::uint64_t>[]>(bounds_.size() + 1)) {}

void histogram::observe(std::chrono::nanoseconds took) noexcept {
    const auto bucket = std::ranges::lower_bound(bounds_, took) - bounds_.begin();
    buckets_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    sum_ns_.fetch_add(took.count(), std::memory_order_relaxed);
}

void histogram::expose_samples(std::string& out) const {
    const std::string bucket_name = name() + "_bucket";
    // The count is the last bucket's by construction, however many threads count meanwhile.
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i <= bounds_.size(); ++i) {
        so_far += buckets_[i].load(std::memory_order_relaxed);
        const auto bound = i < bounds_.size() ? number_text(in_seconds(bounds_[i])) : "+Inf";
        append_sample(out, bucket_name, {{"le", bound}}, so_far);
    }
    append_sample(out, name() + "_sum", {},
                  in_seconds(std::chrono::nanoseconds(sum_ns_.load(std::memory_order_relaxed))));
    append_sample(out, name() + "_count", {}, so_far);
}

std::deque<request_counter::row> request_counter::make_rows() {
    std::deque<row> rows;
    rows.emplace_back();
    rows.back().method = "other";
    rows.back().route = "unmatched";
    return rows;
}

request_counter::route_id request_counter::add_route(std::string_view method, std::string_view route) {
    const auto known =
        std::ranges::find_if(rows_, [&](const row& r) { return r.method == method && r.route == route; });
    if (known != rows_.end()) return static_cast<route_id>(known - rows_.begin());
    rows_.emplace_back();
    rows_.back().method = method;
    rows_.back().route = route;
    return rows_.size() - 1;
}

void request_counter::add(route_id route, int status) noexcept {
    const auto at = static_cast<std::size_t>(std::ranges::find(statuses, status) - statuses.begin());
    rows_[route < rows_.size() ? route : no_route].counts[at].fetch_add(1, std::memory_order_relaxed);
}

void request_counter::expose_samples(std::string& out) const {
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.counts.size(); ++i) {
            const auto count = row.counts[i].load(std::memory_order_relaxed);
            if (count == 0) continue;  // routes x statuses would be a thousand lines of zero
            const auto code = i < statuses.size() ? std::to_string(statuses[i]) : "other";
            append_sample(out, name(), {{"route", row.route}, {"method", row.method}, {"code", code}}, count);
        }
    }
}

void info_metric::expose_samples(std::string& out) const {
    append_sample(out, name(), {{label_, value_}}, std::uint64_t{1});
}

}  // namespace hourkey::obs
