#include "server/adapters/run_all.hpp"

#include "core/clock.hpp"
#include "core/steady_timer.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <utility>

namespace hourkey::server {
namespace {

struct under_way {
    steady_timer done;
    std::size_t left;
    std::exception_ptr broken;
};

task<> count_down(task<> what, std::shared_ptr<under_way> of) {
    try {
        co_await std::move(what);
    } catch (...) {
        of->broken = std::current_exception();
    }
    if (--of->left == 0) of->done.cancel();
}

}  // namespace

task<> run_all(std::function<void(task<>)> spawn, std::vector<task<>> all) {
    const auto on = co_await boost::asio::this_coro::executor;
    const auto of = std::make_shared<under_way>(
        under_way{.done = steady_timer(on, steady_time::max()), .left = all.size(), .broken = {}});
    for (auto& one : all) spawn(count_down(std::move(one), of));
    while (of->left != 0) co_await of->done.async_wait(as_task_tuple);
    if (of->broken) std::rethrow_exception(of->broken);
}

}  // namespace hourkey::server
