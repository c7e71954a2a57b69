#include "crypto/openssl_memory.hpp"

#include "core/secret.hpp"

#include <malloc.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

namespace hourkey::crypto {
namespace {

/// A TLS record with its header, padding and MAC is under 17 KiB; with OpenSSL's alignment still under this.
constexpr std::size_t record_block = 18 * 1024;
constexpr std::size_t smallest_record_buffer = 16 * 1024;

/// One thread's spare record buffers: as many as one exchange uses at once, on both of its connections.
struct spare_blocks {
    std::array<void*, 8> blocks{};
    std::size_t count = 0;
    bool closed = false;

    ~spare_blocks() {
        closed = true;  // OpenSSL's own per-thread clean-up may still free after this
        while (count > 0) std::free(blocks[--count]);
    }
};
thread_local spare_blocks spare;

bool is_record_buffer(std::size_t size) noexcept { return size >= smallest_record_buffer && size <= record_block; }

void* allocate(std::size_t size, const char*, int) {
    if (size == 0) return nullptr;
    if (!is_record_buffer(size)) return std::malloc(size);
    return spare.count > 0 ? spare.blocks[--spare.count] : std::malloc(record_block);
}

void release(void* block, const char*, int) {
    if (block == nullptr) return;
    const auto size = malloc_usable_size(block);
    wipe_bytes(block, size);
    const bool keep = size >= record_block && size < record_block + 64 && !spare.closed && spare.count < spare.blocks.size();
    if (keep) {
        spare.blocks[spare.count++] = block;
    } else {
        std::free(block);
    }
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
    release(block, file, line);
    return larger;
}

}  // namespace

bool scrub_openssl_memory() noexcept { return CRYPTO_set_mem_functions(allocate, reallocate, release) == 1; }

}  // namespace hourkey::crypto
