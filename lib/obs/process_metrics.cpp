#include "obs/process_metrics.hpp"

#include "obs/metrics.hpp"

#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include <sys/resource.h>
#include <unistd.h>

namespace hourkey::obs {
namespace {

std::string read_whole(const char* path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The `index`-th number, from 0, of text separated by spaces.
std::optional<std::uint64_t> number_in(std::string_view text, std::size_t index) {
    for (; index != 0 && !text.empty(); --index) {
        const auto space = text.find(' ');
        text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) return std::nullopt;
    return value;
}

double seconds_of(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double seconds_of(const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; }

/// From the ticks since boot and two clocks: /proc/stat, which has the boot time, is hidden by systemd's
/// ProcSubset=pid.
std::optional<double> start_time() {
    const auto stat = read_whole("/proc/self/stat");
    // proc(5): field 22; the second, the program's name in parentheses, may itself hold spaces and parentheses.
    const auto after_name = stat.rfind(") ");
    if (after_name == std::string::npos) return std::nullopt;
    const auto ticks = number_in(std::string_view(stat).substr(after_name + 2), 19);
    if (!ticks) return std::nullopt;
    const auto since_boot = static_cast<double>(*ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    return seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME) + since_boot;
}

std::optional<double> open_descriptors() {
    std::error_code error;
    const std::filesystem::directory_iterator entries("/proc/self/fd", error);
    if (error) return std::nullopt;
    return static_cast<double>(std::distance(begin(entries), end(entries)) - 1);  // without the one that lists them
}

void expose_one(std::string& out, std::string_view name, std::string_view type, std::string_view help,
                std::optional<double> value) {
    if (!value) return;
    out.append("# HELP ")
        .append(name)
        .append(" ")
        .append(help)
        .append("\n# TYPE ")
        .append(name)
        .append(" ")
        .append(type)
        .push_back('\n');
    append_sample(out, name, {}, *value);
}

}  // namespace

void expose_process(std::string& out) {
    const auto pages = read_whole("/proc/self/statm");
    const auto in_bytes = [&](std::size_t index) -> std::optional<double> {
        const auto n = number_in(pages, index);
        return n ? std::optional(static_cast<double>(*n) * static_cast<double>(::sysconf(_SC_PAGESIZE))) : std::nullopt;
    };
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    rlimit descriptors{};
    ::getrlimit(RLIMIT_NOFILE, &descriptors);
    static const auto started = start_time();

    expose_one(out, "process_resident_memory_bytes", "gauge", "Resident memory.", in_bytes(1));
    expose_one(out, "process_virtual_memory_bytes", "gauge", "Virtual memory.", in_bytes(0));
    expose_one(out, "process_cpu_seconds_total", "counter", "User and system CPU time.",
               seconds_of(used.ru_utime) + seconds_of(used.ru_stime));
    expose_one(out, "process_open_fds", "gauge", "Open file descriptors.", open_descriptors());
    expose_one(out, "process_max_fds", "gauge", "The limit of open file descriptors.",
               static_cast<double>(descriptors.rlim_cur));
    expose_one(out, "process_start_time_seconds", "gauge", "Start of the process in Unix time.", started);
}

}  // namespace hourkey::obs
