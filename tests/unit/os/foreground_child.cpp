#include "os/foreground_child.hpp"

#include "net/reactor.hpp"
#include "os/hardening.hpp"
#include "support/run_on.hpp"
#include "support/scratch_folder.hpp"
#include "support/wait_until.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

using namespace hourkey;
using namespace hourkey::os;
using namespace hourkey::test;

namespace {

const std::vector<std::string> usual{"PATH=/usr/bin:/bin"};

sigset_t no_signals() {
    sigset_t none;
    sigemptyset(&none);
    return none;
}

auto start(net::reactor& on, const std::vector<std::string>& arguments,
           const std::vector<std::string>& variables = usual) {
    return foreground_child::start(on.get_executor(), arguments, variables, no_signals());
}

int run(const std::vector<std::string>& arguments, const std::vector<std::string>& variables = usual) {
    net::reactor on;
    const auto child = start(on, arguments, variables);
    REQUIRE(child.has_value());
    return run_on(on, (*child)->wait());
}

}  // namespace

TEST_CASE("a program's exit code is told, and 128 and the signal that ended it") {
    CHECK(run({"true"}) == 0);
    CHECK(run({"sh", "-c", "exit 7"}) == 7);
    CHECK(run({"sh", "-c", "exit 255"}) == 255);
    CHECK(run({"sh", "-c", "kill -TERM $$"}) == 128 + SIGTERM);
    CHECK(run({"sh", "-c", "kill -KILL $$"}) == 128 + SIGKILL);
}

TEST_CASE("a program that is not there is told from one that cannot be run") {
    const scratch_folder folder;
    net::reactor on;
    const auto missing = start(on, {"no-such-program-anywhere"});
    REQUIRE(!missing);
    CHECK(missing.error().is_missing);
    CHECK(missing.error().cause == "No such file or directory");
    const auto unrunnable = start(on, {folder.put("data", "text", 0600)});
    REQUIRE(!unrunnable);
    CHECK_FALSE(unrunnable.error().is_missing);
    CHECK(unrunnable.error().cause == "Permission denied");
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // nothing is left behind
}

TEST_CASE("a program has the environment that it is given and is found by its PATH") {
    const scratch_folder folder;
    folder.program("only-here", "env >" + folder.file("seen") + "\n");
    ::setenv("HOURKEY_TEST_OF_PARENT", "1", 1);
    CHECK(run({"only-here"}, {"PATH=" + folder.file("") + ":/usr/bin:/bin", "A=b c"}) == 0);
    ::unsetenv("HOURKEY_TEST_OF_PARENT");
    const auto seen = folder.read("seen");
    CHECK(seen.find("A=b c\n") != std::string::npos);
    CHECK(seen.find("HOURKEY_TEST_OF_PARENT") == std::string::npos);
}

TEST_CASE("a program's signals are as this process found them, and none are held back") {
    const scratch_folder folder;
    harden_client();
    sigset_t held, before;
    sigemptyset(&held);
    sigaddset(&held, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &held, &before);
    CHECK(run({"sh", "-c", "grep -E 'Sig(Blk|Ign)' /proc/self/status >" + folder.file("seen")}) == 0);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    leave_signals_as_found();
    CHECK(folder.read("seen") == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("a signal is passed on while it runs, and nobody has it afterwards") {
    const scratch_folder folder;
    net::reactor on;
    const auto child = start(on, {folder.program("waits", "trap 'exit 9' USR1\ntouch " + folder.file("ready") +
                                                              "\nwhile :; do sleep 0.05; done\n")});
    REQUIRE(child.has_value());
    wait_until([&] { return folder.has("ready"); });
    (*child)->send(SIGUSR1);
    CHECK(run_on(on, (*child)->wait()) == 9);
    (*child)->send(SIGUSR1);  // would end this process if it went to the group
}

TEST_CASE("a program is told when its parent dies") {
    const scratch_folder folder;
    const auto program = folder.program("job", "trap 'touch " + folder.file("told") + "; exit 0' TERM\ntouch " +
                                                   folder.file("ready") + "\nwhile :; do sleep 0.05; done\n");
    const pid_t parent = ::fork();
    REQUIRE(parent >= 0);
    if (parent == 0) {
        net::reactor on;
        const auto child = start(on, {program});
        ::pause();
        ::_exit(0);
    }
    wait_until([&] { return folder.has("ready"); });
    ::kill(parent, SIGKILL);
    ::waitpid(parent, nullptr, 0);
    wait_until([&] { return folder.has("told"); });
}
