#include "os/child_process.hpp"

#include "core/steady_timer.hpp"
#include "support/run_on.hpp"
#include "support/scratch_folder.hpp"
#include "support/wait_until.hpp"

#include <doctest/doctest.h>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

using namespace hourkey;
using namespace hourkey::os;
using namespace hourkey::test;
using namespace std::chrono_literals;

namespace {

std::string output_of(const child_output& r) { return r ? std::string(r->expose()) : r.error().what; }

pid_t pid_in(const std::string& file) {
    pid_t pid = 0;
    wait_until([&] { return static_cast<bool>(std::ifstream(file) >> pid); });
    return pid;
}

bool is_gone(pid_t pid) { return ::kill(pid, 0) != 0 && errno == ESRCH; }

}  // namespace

TEST_CASE("a program's standard output is returned when it ends well") {
    scratch_folder folder;
    net::reactor r;
    const auto program = folder.program("good", "echo noise >&2\nprintf '%s|%s' \"$1\" \"$2\"\n");
    CHECK(output_of(run_on(r, run_child({program, "a b", "$HOME"}, deadline::after(30s)))) == "a b|$HOME");
}

TEST_CASE("a program gets no descriptor, no input and none of our own variables") {
    scratch_folder folder;
    net::reactor r;
    ::setenv("HOURKEY_STORE__KEY", "hunter2", 1);
    const int leaked = ::dup(1);
    const auto program =
        folder.program("look", "cat\nls /proc/self/fd | tr '\\n' ' '\nenv | grep -c HOURKEY_\nexit 0\n");
    const auto seen = output_of(run_on(r, run_child({program}, deadline::after(30s))));
    ::close(leaked);
    ::unsetenv("HOURKEY_STORE__KEY");
    CHECK(seen == "0 1 2 3 0\n");  // 3 is ls's own
}

TEST_CASE("a program that fails is told by its exit code only") {
    scratch_folder folder;
    net::reactor r;
    struct row {
        std::string name, script, says;
    };
    for (const auto& bad : {row{"exit code", "echo hunter2; echo hunter2 >&2; exit 3\n", "exit code 3"},
                            row{"signal", "echo hunter2; kill -9 $$\n", "signal 9"},
                            row{"too much output", "head -c 65537 /dev/zero\n", "64 KiB"}}) {
        CAPTURE(bad.name);
        const auto got = run_on(r, run_child({folder.program("bad", bad.script)}, deadline::after(30s)));
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().what.find(bad.says) != std::string::npos);
        CHECK(got.error().what.find("hunter2") == std::string::npos);
        CHECK(got.error().cause.find("hunter2") == std::string::npos);
    }
    CHECK(output_of(run_on(r, run_child({folder.program("full", "head -c 65536 /dev/zero\n")}, deadline::after(30s))))
              .size() == max_child_output_bytes);
    CHECK(
        output_of(run_on(r, run_child({folder.file("missing")}, deadline::after(30s)))).find("could not be started") !=
        std::string::npos);
}

TEST_CASE("a program that does not end is killed at the deadline, with its children") {
    scratch_folder folder;
    net::reactor r;
    const auto program = folder.program("slow", "sleep 600 &\necho $! > " + folder.file("pid.new") + "; mv " +
                                                    folder.file("pid.new") + " " + folder.file("pid") + "\nwait\n");
    // Until it has come far enough to have a child.
    for (auto within = 250ms; !std::filesystem::exists(folder.file("pid")); within *= 2) {
        const auto got = run_on(r, run_child({program}, deadline::after(within)));
        CHECK(output_of(got).find("did not end in time") != std::string::npos);
    }
    const auto child = pid_in(folder.file("pid"));
    wait_until([&] { return is_gone(child); });
}

namespace {

/// From the reactor's own thread: once the program says that it is ready, tells it to go on, keeps the reactor from
/// looking until that is `done` and the deadline has come too.
task<> meet_at_the_deadline(const scratch_folder& folder, const std::function<void(pid_t)>& done,
                            std::chrono::steady_clock::time_point at) {
    steady_timer turn(co_await boost::asio::this_coro::executor);
    const auto soon = [&] { turn.expires_after(1ms); };
    while (!folder.has("ready")) {
        soon();
        co_await turn.async_wait(as_task_tuple);
    }
    for (int i = 0; i < 5; ++i) {
        soon();
        co_await turn.async_wait(as_task_tuple);
    }
    const auto pid = pid_in(folder.file("ready"));
    folder.put("go", "");
    done(pid);
    while (std::chrono::steady_clock::now() < at) std::this_thread::yield();
}

}  // namespace

TEST_CASE(
    "what a program does in the moment of its deadline is either in time or late, and nothing is touched after it") {
    scratch_folder folder;
    const auto say_ready = "echo $$ > " + folder.file("pid.new") + "; mv " + folder.file("pid.new") + " " +
                           folder.file("ready") + "\nuntil [ -e " + folder.file("go") + " ]; do sleep 0.01; done\n";
    struct row {
        std::string name, script;
        std::function<void(pid_t)> done;
        bool may_be_in_time;
    };
    const auto has_ended = [](pid_t pid) {
        siginfo_t ended{};
        ::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT);
    };
    const auto has_closed = [&](pid_t pid) { wait_until([&] { return folder.has("closed") || is_gone(pid); }); };
    for (const auto& r :
         {row{"it ends", "printf done\nexec >&-\n" + say_ready, has_ended, true},
          row{"it closes its output and stays",
              "printf done\n" + say_ready + "exec >&-\n: > " + folder.file("closed") + "\nexec sleep 600\n", has_closed,
              false}}) {
        CAPTURE(r.name);
        for (const auto* file : {"ready", "go", "closed"}) std::filesystem::remove(folder.file(file));
        net::reactor on;
        const auto program = folder.program("punctual", r.script);
        const auto at = std::chrono::steady_clock::now() + 1s;
        boost::asio::co_spawn(on.context(), meet_at_the_deadline(folder, r.done, at), boost::asio::detached);
        const auto got = output_of(run_on(on, run_child({program}, deadline(at))));
        CHECK(((r.may_be_in_time && got == "done") || got.find("did not end in time") != std::string::npos));
        on.context().restart();
        on.context().poll();
    }
}

TEST_CASE("a program's end is the end, whoever still holds its output") {
    scratch_folder folder;
    net::reactor r;
    const auto helper = folder.file("helper");
    // What is left behind lives on, as an agent does, and what it says later is not the program's.
    const auto program = folder.program(
        "with-agent", "(while [ -d " + folder.file("") + " ]; do sleep 0.01; done; echo later) &\necho $! > " + helper +
                          ".new; mv " + helper + ".new " + helper + "\nhead -c 60000 /dev/zero | tr '\\0' x\n");
    const auto got = run_on(r, run_child({program}, deadline::after(30s)));
    REQUIRE_MESSAGE(got.has_value(), got.error().what);
    CHECK(got->expose() == std::string(60000, 'x'));
    const auto left = pid_in(helper);
    CHECK_FALSE(is_gone(left));
    const auto quick = folder.program(
        "quick", "sleep 600 &\necho $! > " + helper + ".new; mv " + helper + ".new " + helper + "\nexit 3\n");
    CHECK(output_of(run_on(r, run_child({quick}, deadline::after(30s)))).find("exit code 3") != std::string::npos);
    ::kill(pid_in(helper), SIGKILL);
}

TEST_CASE("what a program leaves behind is reaped where it falls to this process") {
    // Without that role a process has only children that somebody waits for.
    const pid_t ours = ::fork();
    if (ours == 0) ::_exit(0);
    siginfo_t ended{};
    ::waitid(P_PID, static_cast<id_t>(ours), &ended, WEXITED | WNOWAIT);
    reap_orphans();
    CHECK(::waitpid(ours, nullptr, 0) == ours);

    REQUIRE(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);  // as process 1 of a container is
    scratch_folder folder;
    net::reactor r;
    const auto program = folder.program("leaves", "sleep 0.01 &\necho $!\n");
    const auto said = output_of(run_on(r, run_child({program}, deadline::after(30s))));
    const auto orphan = static_cast<pid_t>(std::stol(said));
    wait_until([&] {
        reap_orphans();
        return is_gone(orphan);
    });
    REQUIRE(::prctl(PR_SET_CHILD_SUBREAPER, 0) == 0);
}
