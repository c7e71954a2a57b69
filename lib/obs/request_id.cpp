#include "obs/request_id.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <random>

namespace hourkey::obs {
namespace {

/// 80 bits: a thread's own 16 and splitmix64 of its counter. Both are one to one, so that no two ids of a process are equal whatever
/// the clock does; the random start keeps processes apart.
class generator {
public:
    generator() : thread_(next_thread.fetch_add(1, std::memory_order_relaxed)) {
        std::random_device entropy;
        counter_ = std::uint64_t{entropy()} << 32 | entropy();
    }

    std::array<unsigned char, 10> next() noexcept {
        auto mixed = counter_ += 0x9E3779B97F4A7C15U;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
        mixed ^= mixed >> 31;
        std::array<unsigned char, 10> bits{};
        for (std::size_t i = 0; i < 8; ++i) bits[i] = static_cast<unsigned char>(mixed >> (8 * i));
        bits[8] = static_cast<unsigned char>(thread_ >> 8);
        bits[9] = static_cast<unsigned char>(thread_);
        return bits;
    }

private:
    static std::atomic<std::uint16_t> next_thread;
    std::uint16_t thread_;
    std::uint64_t counter_ = 0;
};

std::atomic<std::uint16_t> generator::next_thread{0};

}  // namespace

ulid next_request_id(wall_time now) {
    thread_local generator ids;
    return ulid::make(now, ids.next());
}

}  // namespace hourkey::obs
