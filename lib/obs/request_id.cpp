#include "obs/request_id.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include <sys/random.h>

namespace hourkey::obs {
namespace {

constexpr std::size_t random_bytes = 10;  // a ULID's 80 bits

/// The kernel's generator, for so many ids at once as it gives whole and uninterrupted: 256 bytes, says getrandom(2).
class random_pool {
public:
    std::array<unsigned char, random_bytes> next() {
        if (left_ == 0) refill();
        std::array<unsigned char, random_bytes> out{};
        for (auto& byte : out) byte = std::exchange(bytes_[--left_], static_cast<unsigned char>(0));
        return out;
    }

private:
    void refill() {
        ssize_t got = 0;
        do {
            got = ::getrandom(bytes_.data(), bytes_.size(), 0);
        } while (got < 0 && errno == EINTR);
        if (got != static_cast<ssize_t>(bytes_.size())) throw std::runtime_error("the kernel gave no random bytes");
        left_ = bytes_.size();
    }

    std::array<unsigned char, 25 * random_bytes> bytes_{};
    std::size_t left_ = 0;
};

}  // namespace

ulid next_request_id(wall_time now) {
    thread_local random_pool pool;
    return ulid::make(now, pool.next());
}

}  // namespace hourkey::obs
