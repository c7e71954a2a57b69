#include "obs/server_metrics.hpp"

#include "core/failure.hpp"
#include "obs/log.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <unistd.h>

using namespace hourkey;
using namespace hourkey::obs;

namespace {

std::string line_of(const std::string& text, const std::string& start) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(start)) return line;
    return {};
}

double number_of(const std::string& text, const std::string& name) {
    const auto line = line_of(text, name + " ");
    REQUIRE_FALSE(line.empty());
    return std::stod(line.substr(name.size() + 1));
}

}  // namespace

TEST_CASE("EveryPromisedMetricIsExposed") {
    metrics all("0.1.0");
    all.http_requests.add(request_counter::no_route, 404);
    const auto text = all.expose();
    for (const auto* const start : {"hourkey_http_requests_total{route=\"unmatched\",method=\"other\",code=\"404\"} 1",
                                    "hourkey_http_request_duration_seconds_count 0",
                                    "hourkey_vends_total{outcome=\"issued\"} 0",
                                    "hourkey_vends_total{outcome=\"denied\"} 0",
                                    "hourkey_vends_total{outcome=\"error\"} 0",
                                    "hourkey_vend_duration_seconds_bucket{le=\"0.001\"} 0",
                                    "hourkey_sts_requests_total{outcome=\"throttled\"} 0",
                                    "hourkey_sts_request_duration_seconds_count 0",
                                    "hourkey_audit_records_total 0",
                                    "hourkey_audit_write_failures_total 0",
                                    "hourkey_broken_seals_total 0",
                                    "hourkey_audit_commit_duration_seconds_count 0",
                                    "hourkey_store_log_bytes 0",
                                    "hourkey_store_log_held_seconds 0",
                                    "hourkey_open_connections 0",
                                    "hourkey_tls_handshake_failures_total 0",
                                    "hourkey_connections_refused_total 0",
                                    "hourkey_base_credentials_valid 0",
                                    "hourkey_connections_displaced_total 0",
                                    "hourkey_base_credentials_expiry_seconds 0",
                                    "hourkey_log_scrubbed_total ",
                                    "hourkey_log_dropped_total ",
                                    "hourkey_auth_attempts_total{outcome=\"refused\"} 0",
                                    "hourkey_refusals_counted_total 0",
                                    "hourkey_clock_skew_seconds 0",
                                    "hourkey_build_info{version=\"0.1.0\"} 1",
                                    "process_resident_memory_bytes ",
                                    "process_virtual_memory_bytes ",
                                    "process_cpu_seconds_total ",
                                    "process_open_fds ",
                                    "process_max_fds ",
                                    "process_start_time_seconds "}) {
        CAPTURE(start);
        CHECK_FALSE(line_of(text, start).empty());
    }
}

TEST_CASE("EachOutcomeIsCountedUnderItsOwnName") {
    metrics all("x");
    all.vends.add(vend_outcome::issued, 11);
    all.vends.add(vend_outcome::denied, 12);
    all.vends.add(vend_outcome::error, 13);
    all.sts_requests.add(sts_outcome::ok, 21);
    all.sts_requests.add(sts_outcome::throttled, 22);
    all.sts_requests.add(sts_outcome::rejected, 23);
    all.sts_requests.add(sts_outcome::unavailable, 24);
    all.sts_requests.add(sts_outcome::timeout, 25);
    all.sts_requests.add(sts_outcome::malformed, 26);
    all.auth_attempts.add(auth_outcome::accepted, 31);
    all.auth_attempts.add(auth_outcome::missing, 32);
    all.auth_attempts.add(auth_outcome::refused, 33);
    all.auth_attempts.add(auth_outcome::error, 34);
    const auto text = all.expose();
    for (const auto* const line :
         {"vends_total{outcome=\"issued\"} 11", "vends_total{outcome=\"denied\"} 12",
          "vends_total{outcome=\"error\"} 13", "sts_requests_total{outcome=\"ok\"} 21",
          "sts_requests_total{outcome=\"throttled\"} 22", "sts_requests_total{outcome=\"rejected\"} 23",
          "sts_requests_total{outcome=\"unavailable\"} 24", "sts_requests_total{outcome=\"timeout\"} 25",
          "sts_requests_total{outcome=\"malformed\"} 26", "auth_attempts_total{outcome=\"accepted\"} 31",
          "auth_attempts_total{outcome=\"missing\"} 32", "auth_attempts_total{outcome=\"refused\"} 33",
          "auth_attempts_total{outcome=\"error\"} 34"}) {
        CAPTURE(line);
        CHECK_FALSE(line_of(text, std::string("hourkey_") + line).empty());
    }
}

TEST_CASE("TheExpositionIsWellFormedAndAlwaysInTheSameOrder") {
    metrics all("0.1.0");
    all.http_requests.add(request_counter::no_route, 404);
    const auto text = all.expose();
    const std::regex comment(R"(# (HELP|TYPE) [a-z_]+ .+)"),
        sample(R"re([a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? ([0-9.e+-]+|[+-]Inf|NaN))re");
    std::istringstream lines(text);
    std::set<std::string> typed;
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK((std::regex_match(line, comment) || std::regex_match(line, sample)));
        if (line.starts_with("# TYPE")) CHECK(typed.insert(line).second);
    }
    CHECK(text.ends_with("\n"));
    const auto before_process = [](const std::string& t) { return t.substr(0, t.find("# HELP process_")); };
    CHECK(before_process(text) == before_process(all.expose()));
}

TEST_CASE("EveryStatusThatHourkeyAnswersHasItsOwnCode") {
    metrics all("x");
    for (const auto& row : all_errc_rows()) all.http_requests.add(request_counter::no_route, row.http_status);
    CHECK(line_of(all.expose(), "hourkey_http_requests_total{route=\"unmatched\",method=\"other\",code=\"other\"}")
              .empty());
}

TEST_CASE("ScrubbedSecretsShowInTheMetrics") {
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    configure({.lowest = level::info, .format = log_format::json, .descriptor = nowhere});
    log(level::info, std::string(300, 'k'));
    configure({});
    ::close(nowhere);
    const metrics all("x");
    CHECK(scrubbed_total() > 0);
    CHECK(number_of(all.expose(), "hourkey_log_scrubbed_total") == static_cast<double>(scrubbed_total()));
}

TEST_CASE("TheProcessFiguresAreThisProcesss") {
    const metrics all("x");
    const auto text = all.expose();
    CHECK(number_of(text, "process_resident_memory_bytes") > 1e6);
    CHECK(number_of(text, "process_virtual_memory_bytes") >= number_of(text, "process_resident_memory_bytes"));
    CHECK(number_of(text, "process_cpu_seconds_total") > 0);
    const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    CHECK(number_of(text, "process_start_time_seconds") <= now + 1);
    CHECK(number_of(text, "process_start_time_seconds") > now - 3600);

    const auto before = number_of(text, "process_open_fds");
    const int one_more = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK(number_of(all.expose(), "process_open_fds") == before + 1);
    ::close(one_more);
    CHECK(number_of(text, "process_max_fds") >= before);
}
