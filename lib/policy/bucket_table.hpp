#pragma once

#include "core/clock.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace hourkey::policy {

/// A bucket of `burst` units that fills by `per_second`. 0 a second: there is no limit.
struct allowance {
    std::uint32_t per_second = 0;
    std::uint32_t burst = 0;
};

/// Whose bucket. `kind` keeps a tenant's from a token's.
struct bucket_key {
    std::uint8_t kind = 0;
    std::array<unsigned char, 16> id{};
    friend bool operator==(const bucket_key&, const bucket_key&) = default;
};

/// Token buckets by key, all thread-safe. A full bucket needs no memory: it is forgotten and made anew. When all places
/// are taken by buckets that are not full, one more is not limited: whoever fills the table from that many keys has
/// their allowances anyway.
class bucket_table {
public:
    static constexpr std::size_t shards = 16;
    static constexpr std::size_t most_in_shard = 4'096;

    /// `seed` keeps callers from choosing keys that collide.
    explicit bucket_table(std::uint64_t seed);
    ~bucket_table();

    struct draw {
        bucket_key key;
        allowance from;
        std::uint32_t units = 1;  ///< more than a burst is taken as a burst: it must be payable some time
    };
    struct shortage {
        std::size_t which = 0;
        std::chrono::nanoseconds wait{};  ///< until it could be paid, if nobody else draws
    };

    /// From all of them, or from none. The first is what the others lie within (a tenant, a /48), so that those behind
    /// it get places only as fast as it pays; it also decides which lock is taken, so a key always comes with the same
    /// first one.
    [[nodiscard]] std::optional<shortage> take(std::span<const draw> all, steady_time now);
    void give_back(std::span<const draw> all);

    [[nodiscard]] std::size_t size() const;

private:
    struct shard;
    [[nodiscard]] shard& shard_of(const bucket_key& first) const;

    std::uint64_t seed_;
    std::unique_ptr<shard[]> shards_;
};

}  // namespace hourkey::policy
