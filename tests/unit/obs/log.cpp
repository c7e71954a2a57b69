#include "obs/log.hpp"

#include "core/secret.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <exception>
#include <limits>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace hourkey;
using nlohmann::json;
using obs::field;
using obs::level;

static_assert(!std::is_constructible_v<field, std::string_view, const secret&>);
static_assert(!std::is_constructible_v<field, std::string_view, secret>);
static_assert(!std::is_constructible_v<field, std::string_view, const void*>, "an address tells where things are");
static_assert(!std::is_constructible_v<field, std::string_view, std::nullptr_t>);
static_assert(!std::is_convertible_v<secret, std::string_view>);

namespace {

/// The log goes into a pipe while one of these lives.
class captured_log {
public:
    explicit captured_log(obs::log_format format = obs::log_format::json, level lowest = level::debug) {
        REQUIRE(::pipe(ends_.data()) == 0);
        REQUIRE(::fcntl(ends_[1], F_SETPIPE_SZ, 256 * 1024) > 0);  // holds whatever a test writes
        obs::configure({.lowest = lowest, .format = format, .descriptor = ends_[1]});
    }
    captured_log(const captured_log&) = delete;
    captured_log& operator=(const captured_log&) = delete;
    ~captured_log() {
        obs::configure({});
        ::close(ends_[0]);
        ::close(ends_[1]);
    }

    [[nodiscard]] bool has_output(int within_ms) const {
        pollfd wait{.fd = ends_[0], .events = POLLIN, .revents = 0};
        return ::poll(&wait, 1, within_ms) == 1;
    }

    /// What has been written, without waiting.
    std::string written() {
        std::string text;
        std::array<char, 4096> part{};
        while (has_output(0))
            text.append(part.data(), static_cast<std::size_t>(::read(ends_[0], part.data(), part.size())));
        return text;
    }

    /// What goes out without a flush, up to the line that holds `last`.
    std::string awaited(std::string_view last) {
        std::string text;
        while (text.find(last) == std::string::npos || !text.ends_with('\n')) {
            REQUIRE(has_output(25'000));
            text += written();
        }
        return text;
    }

    std::string flushed() {
        obs::flush();
        return written();
    }

private:
    std::array<int, 2> ends_{};
};

json only_line(const std::string& text) {
    CAPTURE(text);
    REQUIRE(text.find('\n') == text.size() - 1);
    auto parsed = json::parse(text, nullptr, false);
    REQUIRE(parsed.is_object());
    return parsed;
}

}  // namespace

TEST_CASE("AJsonLineHoldsTimeLevelMessageAndFieldsInTheirOrder") {
    captured_log log;
    const std::string name = "web";
    obs::log(level::info, "vend issued",
             {{"app", name},
              {"status", 200},
              {"bytes", std::size_t{1500}},
              {"ms", 1.5},
              {"cached", false},
              {"text", "literal"}});
    const auto text = log.flushed();
    const auto line = only_line(text);
    CHECK(line["level"] == "info");
    CHECK(line["msg"] == "vend issued");
    CHECK(line["app"] == "web");
    CHECK(line["status"] == 200);
    CHECK(line["bytes"] == 1500);
    CHECK(line["ms"] == 1.5);
    CHECK(line["cached"] == false);
    CHECK(line["text"] == "literal");
    const auto ts = line["ts"].get<std::string>();
    CHECK(ts.size() == 24);
    CHECK(ts[10] == 'T');
    CHECK(ts[19] == '.');
    CHECK(ts.back() == 'Z');
    CHECK(text.ends_with(
        R"("level":"info","msg":"vend issued","app":"web","status":200,"bytes":1500,"ms":1.5,"cached":false,"text":"literal"})"
        "\n"));
}

TEST_CASE("EveryLevelHasItsName") {
    captured_log log;
    for (const auto& [at, name] : {std::pair{level::debug, "debug"}, std::pair{level::info, "info"},
                                   std::pair{level::warn, "warn"}, std::pair{level::error, "error"}}) {
        obs::log(at, "x");
        CHECK(only_line(log.flushed())["level"] == name);
    }
}

TEST_CASE("NumbersThatJsonDoesNotKnowAreNull") {
    captured_log log;
    obs::log(level::info, "x",
             {{"nan", std::numeric_limits<double>::quiet_NaN()},
              {"inf", std::numeric_limits<double>::infinity()},
              {"min", INT64_MIN}});
    const auto line = only_line(log.flushed());
    CHECK(line["nan"].is_null());
    CHECK(line["inf"].is_null());
    CHECK(line["min"] == INT64_MIN);
}

TEST_CASE("HostileTextsCannotBreakALine") {
    using namespace std::string_view_literals;
    struct row {
        const char* name;
        std::string_view text;
    };
    const row rows[] = {
        {"line ends", "a\r\nb\n{\"level\":\"info\",\"msg\":\"forged\"}\n"},
        {"ANSI", "\x1b[2J\x1b]0;title\x07"},
        {"quotes and backslashes", R"("},{"x":"\)"},
        {"NUL", "a\0b"sv},
        {"C1",
         "\xC2\x9B"
         "31m"},
        {"ill-formed UTF-8", "\xFF\xFE\x80\xC0\xAF\xED\xA0\x80"},
        {"line separator", "\xE2\x80\xA8 \xE2\x80\xAE"},
        {"delete", "\x7F\x08\x08"},
        {"spaces and equals", " a=b c=\"d\" "},
        {"empty", ""},
    };
    for (const auto format : {obs::log_format::json, obs::log_format::human}) {
        captured_log log(format);
        for (const auto& row : rows) {
            CAPTURE(row.name);
            obs::log(level::info, row.text, {{row.text, row.text}});
            const auto text = log.flushed();
            REQUIRE(text.find('\n') == text.size() - 1);
            for (const char c : text.substr(0, text.size() - 1))
                CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
            CHECK(text.find("\xC2\x9B") == std::string::npos);
            CHECK(text.find("\xE2\x80") == std::string::npos);
            if (format == obs::log_format::json) CHECK(only_line(text)["level"] == "info");
        }
    }
}

TEST_CASE("AHumanLineReadsAsText") {
    captured_log log(obs::log_format::human);
    obs::log(level::warn, "STS is slow",
             {{"region", "eu-west-1"}, {"took_ms", 812}, {"note", "two words"}, {"empty", ""}, {"forged", "a=b"}});
    const auto text = log.flushed();
    CHECK(text.substr(24) ==
          " warn   STS is slow region=eu-west-1 took_ms=812 note=\"two words\" empty=\"\" forged=\"a=b\"\n");
}

TEST_CASE("WithoutATerminalTheFormatIsJson") {
    captured_log log(obs::log_format::automatic);
    obs::log(level::info, "x");
    CHECK(only_line(log.flushed())["msg"] == "x");
}

TEST_CASE("LinesBelowTheLowestLevelAreNotWritten") {
    captured_log log(obs::log_format::json, level::warn);
    obs::log(level::info, "quiet");
    obs::log(level::debug, "quieter");
    CHECK(log.flushed().empty());
    obs::log(level::error, "loud");
    CHECK(only_line(log.flushed())["msg"] == "loud");
}

TEST_CASE("AWarningTakesTheLinesBeforeItOutAtOnce") {
    captured_log log;
    obs::log(level::info, "first");
    obs::log(level::warn, "second");
    const auto text = log.awaited("second");
    CHECK(text.find("first") < text.find("second"));
    CHECK(text.find("second") != std::string::npos);
}

TEST_CASE("AnInfoLineGoesOutByItselfSoon") {
    captured_log log;
    obs::log(level::info, "lonely");
    CHECK(only_line(log.awaited("lonely"))["msg"] == "lonely");
}

TEST_CASE("ManyLinesGoOutWithoutAFlush") {
    captured_log log;
    for (int i = 0; i < 80; ++i)
        obs::log(level::info, std::string(1000, ' '));  // a little over the 64 KiB that are gathered
    obs::log(level::info, "last");
    CHECK(log.awaited("last").size() >= 64 * 1024);
}

TEST_CASE("ThreadsDoNotMixTheirLines") {
    captured_log log;
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([t] {
            for (int i = 0; i < 50; ++i) obs::log(level::info, "from a thread", {{"thread", t}, {"i", i}});
        });
    threads.clear();
    auto text = log.flushed();
    std::size_t lines = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n'), ++lines) {
        only_line(text.substr(0, end + 1));
        text.erase(0, end + 1);
    }
    CHECK(lines == 200);
}

TEST_CASE("APlantedSecretIsMaskedAndCounted") {
    captured_log log;
    const auto before = obs::scrubbed_total();
    const std::string token = "hk_app_01J9ZQ3X5T7K8M2N4P6R0S1V3W_" + std::string(43, 'a') + "_b1C2d3";
    obs::log(level::info, "with " + token, {{"session", "IQoJb3" + std::string(400, 'x')}, {token, 1}});
    const auto text = log.flushed();
    only_line(text);
    CHECK(obs::scrubbed_total() == before + 3);
    CHECK(text.find(std::string(43, 'a')) == std::string::npos);
    CHECK(text.find("xxxx") == std::string::npos);
    CHECK(text.find("hk_app_01J9ZQ3X5T7K8M2N4P6R0S1V3W_[masked]") != std::string::npos);
    obs::log(level::info, "an ordinary line", {{"connection", "prod"}});
    CHECK(obs::scrubbed_total() == before + 3);
}

TEST_CASE("AnUnwritableLogDoesNotStopTheProcess") {
    obs::configure({.lowest = level::info, .format = obs::log_format::json, .descriptor = -1});
    obs::log(level::error, "to nobody");
    obs::configure({});
    captured_log log;
    obs::log(level::warn, "to somebody");
    const auto text = log.flushed();
    CHECK(text.find("to somebody") != std::string::npos);
    CHECK(text.find(R"("msg":"log lines were dropped: standard error was not read","lines":1})") != std::string::npos);
}

TEST_CASE("DiesByTerminate" * doctest::skip()) {  // the program of the next case
    obs::flush_at_terminate();
    obs::flush_at_terminate();  // the handler is not its own former one
    obs::log(level::info, "the last words");
    std::terminate();
}

TEST_CASE("WhatWasLoggedBeforeTerminateArrives") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::dup2(ends[1], STDERR_FILENO);
        ::close(ends[0]);
        ::close(ends[1]);
        ::execl("/proc/self/exe", "unit_obs", "--no-skip", "--test-case=DiesByTerminate", "--out=/dev/null", nullptr);
        ::_exit(127);
    }
    ::close(ends[1]);
    std::string text;
    std::array<char, 4096> part{};
    for (ssize_t n = 0; (n = ::read(ends[0], part.data(), part.size())) > 0;)
        text.append(part.data(), static_cast<std::size_t>(n));
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));  // the former handler still has its say
    CAPTURE(text);
    CHECK(text.find(R"("msg":"the last words")") != std::string::npos);
}
