#include "net/blocking_calls.hpp"

#include "support/results.hpp"
#include "support/scratch_folder.hpp"

#include <stdexcept>

namespace hourkey::net {
namespace {

task<result<int>> answer() { co_return 7; }
task<result<int>> break_down() {
    throw std::runtime_error("no memory");
    co_return 0;
}

}  // namespace

TEST_CASE("A call that throws has ended, and the next can be waited for") {
    blocking_calls calls;
    const auto broken = calls.wait(break_down());
    CHECK(test::code_of(broken) == errc::internal);
    CHECK(broken.error().cause == "no memory");
    CHECK(calls.wait(answer()).value() == 7);
}

}  // namespace hourkey::net
