#pragma once

#include <array>
#include <cstddef>
#include <cstdlib>

namespace hourkey {

/// One thread's free blocks of malloc()'s, up to `Most` of each class: what comes and goes with every request does not
/// go back to malloc() in between. For a thread_local.
template <std::size_t Classes, std::size_t Most>
class spare_blocks {
public:
    spare_blocks() = default;
    spare_blocks(const spare_blocks&) = delete;
    spare_blocks& operator=(const spare_blocks&) = delete;
    ~spare_blocks() {
        is_closed_ = true;  // what ends later on this thread may still free
        for (std::size_t c = 0; c < Classes; ++c) {
            while (count_[c] > 0) std::free(blocks_[c][--count_[c]]);
        }
    }

    /// Null: there is none.
    [[nodiscard]] void* take(std::size_t of) noexcept { return count_[of] > 0 ? blocks_[of][--count_[of]] : nullptr; }
    /// False: there are enough, and it stays the caller's.
    [[nodiscard]] bool keep(std::size_t of, void* block) noexcept {
        if (is_closed_ || count_[of] == Most) return false;
        blocks_[of][count_[of]++] = block;
        return true;
    }

private:
    std::array<std::array<void*, Most>, Classes> blocks_{};
    std::array<std::size_t, Classes> count_{};
    bool is_closed_ = false;
};

}  // namespace hourkey
