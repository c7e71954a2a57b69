#include "net/blocking_calls.hpp"

#include <chrono>

namespace hourkey::net {
namespace {

constexpr std::chrono::milliseconds between_looks{100};  ///< soon enough for who has pressed Ctrl-C

}  // namespace

result<> blocking_calls::run_until_stopped() {
    auto& context = reactor_.context();
    context.restart();
    while (!context.stopped()) {
        context.run_for(between_looks);
        if (!context.stopped() && gives_up_ && gives_up_()) return failure(errc::shutting_down);
    }
    return {};
}

}  // namespace hourkey::net
