#include "server/commands/bus_error.hpp"

#include <csignal>

#include <unistd.h>

namespace hourkey::server {
namespace {

std::string& last_words() {
    static std::string words;
    return words;
}

/// Runs in a signal's handler.
void end_with_words(int signal) noexcept {
    const auto& words = last_words();
    static_cast<void>(::write(STDERR_FILENO, words.data(), words.size()) < 0);
    ::raise(signal);  // SA_RESETHAND: now with its own effect
}

}  // namespace

void say_at_bus_error(std::string line) {
    last_words() = std::move(line);
    struct sigaction action{};
    action.sa_handler = end_with_words;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
    ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace hourkey::server
