#include "obs/metrics.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <thread>
#include <vector>

using namespace hourkey::obs;
using namespace std::chrono_literals;

namespace {

std::string exposed(const metric& one) {
    std::string out;
    one.expose(out);
    return out;
}

enum class fruit { apple, pear };

}  // namespace

TEST_CASE("ACounterIsExposedWithHelpAndType") {
    counter vends("vends_total", "All vends.\nSecond \\ line.");
    vends.add();
    vends.add(41);
    CHECK(vends.value() == 42);
    CHECK(exposed(vends) ==
          "# HELP vends_total All vends.\\nSecond \\\\ line.\n# TYPE vends_total counter\nvends_total 42\n");
}

TEST_CASE("ACounterCanReadFromElsewhere") {
    counter refused("refused_total", "Refused.");
    std::uint64_t source = 7;
    refused.read_from([&] { return source; });
    CHECK(exposed(refused).ends_with("refused_total 7\n"));
    source = std::numeric_limits<std::uint64_t>::max();
    CHECK(exposed(refused).ends_with("refused_total 18446744073709551615\n"));
}

TEST_CASE("ALabelledCounterShowsAllItsValuesFromTheStart") {
    counter_by<fruit> eaten("eaten_total", "Eaten.", "fruit", {"apple", "pe\"a\\r\n"});
    eaten.add(fruit::pear);
    eaten.add(fruit::pear, 2);
    CHECK(eaten.value(fruit::apple) == 0);
    CHECK(eaten.value(fruit::pear) == 3);
    CHECK(exposed(eaten) ==
          "# HELP eaten_total Eaten.\n# TYPE eaten_total counter\neaten_total{fruit=\"apple\"} "
          "0\neaten_total{fruit=\"pe\\\"a\\\\r\\n\"} 3\n");
}

TEST_CASE("AGaugeShowsItsLastValueOrItsSource") {
    gauge skew("skew_seconds", "Skew.");
    const std::pair<double, const char*> rows[] = {
        {0, "skew_seconds 0\n"},
        {-1.5, "skew_seconds -1.5\n"},
        {0.1, "skew_seconds 0.1\n"},
        {std::numeric_limits<double>::infinity(), "skew_seconds +Inf\n"},
        {-std::numeric_limits<double>::infinity(), "skew_seconds -Inf\n"},
        {std::numeric_limits<double>::quiet_NaN(), "skew_seconds NaN\n"},
    };
    for (const auto& [value, line] : rows) {
        CAPTURE(line);
        skew.set(value);
        CHECK(exposed(skew) == std::string("# HELP skew_seconds Skew.\n# TYPE skew_seconds gauge\n") + line);
    }
    skew.read_from([] { return 3.25; });
    CHECK(exposed(skew).ends_with("skew_seconds 3.25\n"));
}

TEST_CASE("AHistogramCountsEachDurationInEveryBucketThatHoldsIt") {
    histogram took("took_seconds", "Took.", {1ms, 10ms, 1s});
    for (const auto t :
         {std::chrono::nanoseconds(0ms), std::chrono::nanoseconds(1ms), std::chrono::nanoseconds(1ms + 1ns),
          std::chrono::nanoseconds(1s), std::chrono::nanoseconds(2s)})
        took.observe(t);
    CHECK(exposed(took) ==
          "# HELP took_seconds Took.\n# TYPE took_seconds histogram\n"
          "took_seconds_bucket{le=\"0.001\"} 2\ntook_seconds_bucket{le=\"0.01\"} 3\ntook_seconds_bucket{le=\"1\"} "
          "4\ntook_seconds_bucket{le=\"+Inf\"} 5\n"
          "took_seconds_sum 3.002000001\ntook_seconds_count 5\n");
}

TEST_CASE("RequestsAreCountedByRouteMethodAndStatus") {
    request_counter requests("requests_total", "Requests.");
    const auto vend = requests.add_route("GET", "/v1/credentials/{connection}");
    const auto post = requests.add_route("POST", "/v1/credentials/{connection}");
    CHECK(vend != post);
    CHECK(exposed(requests) == "# HELP requests_total Requests.\n# TYPE requests_total counter\n");
    requests.add(post, 200);
    requests.add(vend, 403);
    requests.add(vend, 403);
    requests.add(vend, 299);
    requests.add(vend, -1);
    requests.add(request_counter::no_route, 404);
    requests.add(9999, 200);
    CHECK(exposed(requests) ==
          "# HELP requests_total Requests.\n# TYPE requests_total counter\n"
          "requests_total{route=\"unmatched\",method=\"other\",code=\"200\"} 1\n"
          "requests_total{route=\"unmatched\",method=\"other\",code=\"404\"} 1\n"
          "requests_total{route=\"/v1/credentials/{connection}\",method=\"GET\",code=\"403\"} 2\n"
          "requests_total{route=\"/v1/credentials/{connection}\",method=\"GET\",code=\"other\"} 2\n"
          "requests_total{route=\"/v1/credentials/{connection}\",method=\"POST\",code=\"200\"} 1\n");
}

TEST_CASE("AnInfoMetricIsAConstantOne") {
    const info_metric build("build_info", "Version.", "version", "0.1.0");
    CHECK(exposed(build) == "# HELP build_info Version.\n# TYPE build_info gauge\nbuild_info{version=\"0.1.0\"} 1\n");
}

TEST_CASE("ThreadsLoseNoCount") {
    counter n("n_total", "N.");
    counter_by<fruit> by("by_total", "By.", "fruit", {"apple", "pear"});
    histogram took("took_seconds", "Took.", {1ms});
    request_counter requests("requests_total", "Requests.");
    const auto route = requests.add_route("GET", "/");
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 5000; ++i) {
                    n.add();
                    by.add(fruit::apple);
                    took.observe(2ms);
                    requests.add(route, 200);
                    if (i % 1000 == 0) CHECK_FALSE(exposed(took).empty());
                }
            });
    }
    CHECK(n.value() == 20000);
    CHECK(by.value(fruit::apple) == 20000);
    CHECK(exposed(took).ends_with("took_seconds_sum 40\ntook_seconds_count 20000\n"));
    CHECK(exposed(requests).ends_with("code=\"200\"} 20000\n"));
}
