#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

namespace hourkey::test {

/// For what another thread or process does in its own time.
template <class Condition>
void wait_until(Condition holds) {
    const auto last = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!holds()) {
        REQUIRE_MESSAGE(std::chrono::steady_clock::now() < last, "the condition never holds");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

}  // namespace hourkey::test
