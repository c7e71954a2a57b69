#include "crypto/openssl_memory.hpp"

#include "core/secret.hpp"
#include "core/spare_blocks.hpp"

#include <malloc.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace hourkey::crypto {
namespace {

/// The sizes of buffers that come and go with each record: from `least` on, all get `block` bytes.
struct size_class {
    std::size_t least;
    std::size_t block;
};
/// To read: a whole record of 16 KiB with its header and padding. To write: net::max_record_sent with the same.
constexpr std::array<size_class, 2> classes{{{16 * 1024, 18 * 1024}, {4 * 1024, 5 * 1024}}};
constexpr std::size_t least_kept = std::ranges::min(classes, {}, &size_class::least).least;

const size_class* class_of(std::size_t size) noexcept {
    const auto* found =
        std::ranges::find_if(classes, [size](const size_class& c) { return size >= c.least && size <= c.block; });
    return found == classes.end() ? nullptr : found;
}

/// As many as one exchange uses at once, on both of its connections.
constexpr std::size_t most_spare = 4;
thread_local spare_blocks<classes.size(), most_spare> spare;

/// The thread's newest blocks of the first class and how far each was received into. What is not among them is
/// overwritten whole.
class received_extents {
public:
    void begin(void* block) noexcept {
        end(block);  // freed on another thread, perhaps
        entries_[next_++ % entries_.size()] = {block, 0};
    }
    void extend(const void* at, std::size_t size) noexcept {
        const auto first = reinterpret_cast<std::uintptr_t>(at);
        for (auto& e : entries_) {
            const auto offset = first - reinterpret_cast<std::uintptr_t>(e.block);
            if (e.block != nullptr && offset < classes[0].block) e.extent = std::max(e.extent, offset + size);
        }
    }
    /// Zero: unknown.
    std::size_t end(void* block) noexcept {
        for (auto& e : entries_) {
            if (e.block == block) return std::exchange(e, {}).extent;
        }
        return 0;
    }

private:
    struct entry {
        void* block = nullptr;
        std::size_t extent = 0;
    };
    std::array<entry, 4> entries_{};
    std::size_t next_ = 0;
};
thread_local received_extents received;

void* allocate(std::size_t size, const char*, int) {
    if (size == 0) return nullptr;
    const auto* of = size >= least_kept ? class_of(size) : nullptr;
    if (of == nullptr) return std::malloc(size);
    void* block = spare.take(static_cast<std::size_t>(of - classes.data()));
    if (block == nullptr) block = std::malloc(of->block);
    if (of == &classes[0]) received.begin(block);
    return block;
}

/// False when a block of this usable size is of no class.
bool release_to_class(void* block, std::size_t size) noexcept {
    for (std::size_t c = 0; c < classes.size(); ++c) {
        if (size < classes[c].block || size >= classes[c].block + 64) continue;
        const auto extent = c == 0 ? received.end(block) : 0;
        wipe_bytes(block, extent > 0 ? extent : size);
        if (!spare.keep(c, block)) std::free(block);
        return true;
    }
    return false;
}

void release(void* block, const char*, int) {
    if (block == nullptr) return;
    const auto size = malloc_usable_size(block);
    if (size >= least_kept && release_to_class(block, size)) return;
    wipe_bytes(block, size);
    std::free(block);
}

void* reallocate(void* block, std::size_t size, const char* file, int line) {
    if (block == nullptr) return allocate(size, file, line);
    if (size == 0) {
        release(block, file, line);
        return nullptr;
    }
    void* larger = allocate(size, file, line);
    if (larger == nullptr) return nullptr;
    std::memcpy(larger, block, std::min(size, malloc_usable_size(block)));
    received.end(larger);  // what was copied was not received into it
    release(block, file, line);
    return larger;
}

}  // namespace

bool scrub_openssl_memory() noexcept { return CRYPTO_set_mem_functions(allocate, reallocate, release) == 1; }

void note_received(const void* at, std::size_t size) noexcept { received.extend(at, size); }

}  // namespace hourkey::crypto
