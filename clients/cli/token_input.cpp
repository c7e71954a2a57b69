#include "clients/cli/token_input.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string_view>

#include <termios.h>
#include <unistd.h>

namespace hourkey::cli {
namespace {

constexpr std::size_t most_bytes = 4096;  // no token of ours has 100

volatile std::sig_atomic_t signal_seen = 0;
void remember_signal(int which) { signal_seen = which; }

/// The terminal shows nothing that is typed, and does again afterwards, also when a signal ends the program meanwhile.
class hidden_typing {
public:
    hidden_typing() {
        is_terminal_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
        if (!is_terminal_) return;
        struct sigaction interrupting{};
        interrupting.sa_handler = remember_signal;  // without SA_RESTART: read(2) comes back
        for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &interrupting, &found_[i]);
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    ~hidden_typing() {
        if (!is_terminal_) return;
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        std::fputs("\n", stderr);
        for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &found_[i], nullptr);
        if (signal_seen != 0) std::raise(signal_seen);
    }
    hidden_typing(const hidden_typing&) = delete;
    hidden_typing& operator=(const hidden_typing&) = delete;

    [[nodiscard]] bool is_terminal() const noexcept { return is_terminal_; }

private:
    static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    termios before_{};
    std::array<struct sigaction, signals.size()> found_{};
    bool is_terminal_ = false;
};

failure no_token(std::string_view what) {
    return failure(errc::invalid_configuration, "Standard input holds " + std::string(what) + ".",
                   "Give the token there, or name a file with --token-file.");
}

}  // namespace

result<secret> read_token(const std::string& prompt) {
    std::array<char, most_bytes> buffer;
    std::size_t size = 0;
    {
        const hidden_typing hidden;
        if (hidden.is_terminal()) std::fputs(prompt.c_str(), stderr);
        while (size < buffer.size()) {
            const auto n = ::read(STDIN_FILENO, buffer.data() + size, buffer.size() - size);
            if (n <= 0) break;
            size += static_cast<std::size_t>(n);
            if (hidden.is_terminal()) break;  // a line
        }
    }
    constexpr std::string_view blanks = " \t\r\n";
    const std::string_view all(buffer.data(), size);
    const auto from = all.find_first_not_of(blanks);
    secret token;
    if (from != std::string_view::npos) token = secret(all.substr(from, all.find_last_not_of(blanks) - from + 1));
    const bool is_too_long = size == buffer.size();
    wipe_bytes(buffer.data(), size);
    if (is_too_long) return no_token("more than a token");
    if (token.empty()) return no_token("no token");
    return token;
}

}  // namespace hourkey::cli
