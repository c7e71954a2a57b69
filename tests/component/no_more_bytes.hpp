#pragma once

#include <doctest/doctest.h>

#include <csignal>

#include <sys/resource.h>

namespace hourkey::test {

/// A disk that takes no more: every file of this process is as long as it may become.
class no_more_bytes {
public:
    no_more_bytes() {
        std::signal(SIGXFSZ, SIG_IGN);
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        const rlimit none{.rlim_cur = 1, .rlim_max = before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
    }
    ~no_more_bytes() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    no_more_bytes(const no_more_bytes&) = delete;
    no_more_bytes& operator=(const no_more_bytes&) = delete;

private:
    rlimit before_{};
};

}  // namespace hourkey::test
