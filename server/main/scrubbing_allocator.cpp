// Every block that C++ frees is overwritten first: strings that held a secret leave copies behind wherever they grew or
// moved, and only the allocator sees them all. Costs nothing measurable (docs/PERFORMANCE.md). Part of the program, not
// of a library; sanitizers bring an allocator of their own.
#ifndef HOURKEY_SANITIZED

#include "core/secret.hpp"

#include <malloc.h>

#include <cstdlib>
#include <new>

void* operator new(std::size_t size) {
    if (void* block = std::malloc(size == 0 ? 1 : size)) return block;
    throw std::bad_alloc();
}

/// `size` is what was asked for, and C++ writes no further.
void operator delete(void* block, std::size_t size) noexcept {
    if (block == nullptr) return;
    hourkey::wipe_bytes(block, size);
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
