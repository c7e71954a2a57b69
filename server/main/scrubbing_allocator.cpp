// Every block that C++ frees is overwritten first: strings that held a secret leave copies behind wherever they grew or
// moved, and only the allocator sees them all. Costs nothing measurable (docs/PERFORMANCE.md). Part of the program, not
// of a library; sanitizers bring an allocator of their own.
#ifndef HOURKEY_SANITIZED

#include "core/secret.hpp"
#include "core/spare_blocks.hpp"

#include <malloc.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

/// What glibc keeps for each thread itself. Frames of coroutines are larger, and each request has half a dozen.
constexpr std::size_t most_kept_by_malloc = 1032;
/// Above that, blocks of so many sizes that malloc() gives exactly, so far apart.
constexpr std::size_t classes = 16, step = 256;
constexpr std::size_t most_spare = 4;
constinit thread_local hourkey::spare_blocks<classes, most_spare> spare;

constexpr std::size_t block_size(std::size_t of) { return most_kept_by_malloc + (of + 1) * step; }

}  // namespace

void* operator new(std::size_t size) {
    if (size == 0) size = 1;
    if (size > most_kept_by_malloc && size <= block_size(classes - 1)) {
        const auto of = (size - most_kept_by_malloc - 1) / step;
        if (void* block = spare.take(of)) return block;
        size = block_size(of);
    }
    if (void* block = std::malloc(size)) return block;
    throw std::bad_alloc();
}

/// `size` is what was asked for, and C++ writes no further.
void operator delete(void* block, std::size_t size) noexcept {
    if (block == nullptr) return;
    hourkey::wipe_bytes(block, size);
    if (size > most_kept_by_malloc) {
        // Of the block, whatever was asked for: it may be larger than its class, never smaller.
        const auto usable = malloc_usable_size(block);
        const auto of = (usable - most_kept_by_malloc) / step;
        if (of > 0 && of <= classes && spare.keep(of - 1, block)) return;
    }
    std::free(block);
}

void operator delete(void* block) noexcept {
    if (block == nullptr) return;
    // More than was asked for, often. The compiler may not know which block it is: where it has seen the allocation,
    // _FORTIFY_SOURCE would take that for an overflow and abort.
    const auto size = malloc_usable_size(block);
    asm("" : "+r"(block));
    operator delete(block, size);
}

#endif
