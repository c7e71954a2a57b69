#include "server/adapters/side_thread.hpp"

#include "net/blocking_calls.hpp"
#include "support/results.hpp"
#include "support/scratch_folder.hpp"

#include <stdexcept>
#include <thread>

namespace hourkey::server {
namespace {

task<result<std::thread::id>> ask(side_thread& of) {
    std::function<result<std::thread::id>()> work = [] { return result<std::thread::id>(std::this_thread::get_id()); };
    co_return co_await of.run<std::thread::id>(std::move(work));
}
task<result<>> ask_for_trouble(side_thread& of) {
    std::function<result<>()> work = []() -> result<> { throw std::runtime_error("no memory"); };
    co_return co_await of.run<void>(std::move(work));
}

}  // namespace

TEST_CASE("Work is done on another thread, always the same one, and what it throws is a failure") {
    net::blocking_calls calls;
    side_thread aside;
    const auto first = calls.wait(ask(aside)), second = calls.wait(ask(aside));
    REQUIRE(first.has_value());
    CHECK(*first != std::this_thread::get_id());
    CHECK(*first == *second);
    CHECK(test::code_of(calls.wait(ask_for_trouble(aside))) == errc::internal);
}

}  // namespace hourkey::server
