#include "os/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace hourkey::os {
namespace {

/// The kernel's own default maximum. Some container engines set a thousand times that, and a credential_process that
/// closes every number there could be would take minutes.
constexpr rlim_t enough = 1 << 20;

}  // namespace

void raise_descriptor_limit() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, enough));
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::uint64_t descriptor_limit() noexcept {
    rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

}  // namespace hourkey::os
