#include "obs/line_queue.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

using namespace hourkey;
using namespace std::chrono_literals;
using urgency = obs::line_queue::urgency;

namespace {

/// What a test waits for when nothing should have to be waited for.
constexpr auto for_ever = 10min;

void tell(std::string& out, std::uint64_t lines) { out.append("dropped ").append(std::to_string(lines)).append("\n"); }

struct pipe_ends {
    int read = -1, write = -1;
    pipe_ends() {
        std::array<int, 2> ends{};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        read = ends[0];
        write = ends[1];
    }
    pipe_ends(const pipe_ends&) = delete;
    pipe_ends& operator=(const pipe_ends&) = delete;
    ~pipe_ends() {
        if (read >= 0) ::close(read);
        ::close(write);
    }
    std::string read_until(std::string_view last) const {
        std::string text;
        std::array<char, 65536> part{};
        while (!text.ends_with(last)) {
            const auto n = ::read(read, part.data(), part.size());
            REQUIRE(n > 0);
            text.append(part.data(), static_cast<std::size_t>(n));
        }
        return text;
    }
};

std::string numbered(std::size_t n) {
    auto line = std::to_string(n);
    line.resize(1023, ' ');
    return line + "\n";
}

}  // namespace

TEST_CASE("a reader that stops holds nobody; what does not fit is counted, and told when lines flow again") {
    const pipe_ends pipe;
    std::size_t accepted = 0;
    {
        obs::line_queue queue(pipe.write, tell);
        while (queue.dropped() < 3)
            queue.put(numbered(accepted++), urgency::may_gather);  // without the bound: for ever
        accepted -= 3;
        CHECK(accepted * 1024 >= obs::line_queue::most_bytes);
        CHECK(accepted * 1024 <= 2 * obs::line_queue::most_bytes + 128 * 1024);  // queued, being written, in the pipe

        std::string text;
        std::jthread reader([&] { text = pipe.read_until("last\n"); });
        for (;;) {  // there is room as soon as the reader goes on
            const auto before = queue.dropped();
            queue.put("last\n", urgency::at_once);
            if (queue.dropped() == before) break;
        }
        reader.join();
        std::string expected;
        for (std::size_t i = 0; i < accepted; ++i) expected += numbered(i);
        REQUIRE(text.size() > expected.size());
        CHECK(text.substr(0, expected.size()) == expected);
        const auto rest = text.substr(expected.size());
        CHECK(rest == "dropped " + std::to_string(queue.dropped()) + "\nlast\n");
    }
}

namespace {

obs::line_queue* dying = nullptr;

void tell_and_die(std::string& out, std::uint64_t lines) {
    dying->flush_before_death(20ms);  // as std::terminate() would here: on the writing thread, which holds the queue
    tell(out, lines);
}

}  // namespace

TEST_CASE("the writing thread itself may die: it waits for nobody but the time it was given") {
    const pipe_ends pipe;
    obs::line_queue queue(pipe.write, tell_and_die);
    dying = &queue;
    queue.put(std::string(obs::line_queue::most_bytes + 1, 'x'), urgency::may_gather);
    queue.put("last\n", urgency::at_once);
    CHECK(pipe.read_until("dropped 1\n") == "last\ndropped 1\n");
}

TEST_CASE("the end of the queue does not wait for a reader that stands still") {
    static const auto* const never_closed = new pipe_ends;  // its thread may come to write when this test is over
    const auto& pipe = *never_closed;
    REQUIRE(::fcntl(pipe.write, F_SETFL, O_NONBLOCK) == 0);
    while (::write(pipe.write, "x", 1) == 1) {}
    REQUIRE(::fcntl(pipe.write, F_SETFL, 0) == 0);
    obs::line_queue queue(pipe.write, tell);
    queue.put("never read\n", urgency::at_once);
    queue.flush(1ms);
    queue.flush(for_ever);  // not again while it stands still, and nor does the end
}

TEST_CASE("what is queued is written at the end") {
    const pipe_ends pipe;
    {
        obs::line_queue queue(pipe.write, tell);
        queue.put("one\n", urgency::may_gather);
        queue.put("two\n", urgency::may_gather);
    }
    CHECK(pipe.read_until("two\n") == "one\ntwo\n");
}

TEST_CASE("lines that nobody can be given are counted too, and told to whoever comes next") {
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    pipe_ends closed;
    ::close(std::exchange(closed.read, -1));
    const pipe_ends good;
    obs::line_queue queue(closed.write, tell);
    queue.put("one\n", urgency::at_once);
    queue.put("two\n", urgency::at_once);
    queue.flush(for_ever);
    CHECK(queue.dropped() == 2);
    queue.redirect(good.write);
    queue.put("three\n", urgency::may_gather);
    queue.flush(for_ever);
    CHECK(good.read_until("2\n") == "three\ndropped 2\n");
    queue.put("four\n", urgency::may_gather);
    queue.flush(for_ever);
    CHECK(good.read_until("four\n") == "four\n");
    std::signal(SIGPIPE, before);
}

TEST_CASE("a descriptor that somebody made non-blocking loses no line") {
    const pipe_ends pipe;
    REQUIRE(::fcntl(pipe.write, F_SETFL, O_NONBLOCK) == 0);
    obs::line_queue queue(pipe.write, tell);
    std::string expected;
    for (std::size_t i = 0; i < 500; ++i) {
        expected += numbered(i);
        queue.put(numbered(i), urgency::may_gather);
    }
    queue.put("last\n", urgency::at_once);
    CHECK(pipe.read_until("last\n") == expected + "last\n");
    CHECK(queue.dropped() == 0);
}
