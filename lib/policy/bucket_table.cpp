#include "policy/bucket_table.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <unordered_map>

namespace hourkey::policy {
namespace {

using std::chrono::nanoseconds;

/// How often a full shard looks for buckets that can be forgotten.
constexpr std::chrono::seconds between_sweeps{1};

std::uint64_t mixed(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;  // splitmix64's finaliser
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

struct seeded_hash {
    std::uint64_t seed = 0;
    std::size_t operator()(const bucket_key& k) const noexcept {
        std::uint64_t halves[2];
        std::memcpy(halves, k.id.data(), sizeof(halves));
        return mixed(mixed(seed ^ k.kind ^ halves[0]) + halves[1]);
    }
};

nanoseconds time_of(std::uint32_t units, const allowance& a) {
    return nanoseconds(std::uint64_t{std::min(units, a.burst)} * 1'000'000'000 / a.per_second);
}

nanoseconds depth_of(const allowance& a) { return nanoseconds(std::uint64_t{a.burst} * 1'000'000'000 / a.per_second); }

}  // namespace

/// A bucket is one time: when it will be full.
struct bucket_table::shard {
    mutable std::mutex mutex;
    std::unordered_map<bucket_key, steady_time, seeded_hash> full_at;
    steady_time next_sweep{};

    [[nodiscard]] steady_time level_of(const bucket_key& key, steady_time now) const {
        const auto at = full_at.find(key);
        return at == full_at.end() ? now : std::max(at->second, now);
    }

    void put(const bucket_key& key, steady_time when, steady_time now) {
        if (const auto at = full_at.find(key); at != full_at.end()) {
            at->second = when;
            return;
        }
        if (full_at.size() >= most_in_shard && now >= next_sweep) {
            next_sweep = now + between_sweeps;
            std::erase_if(full_at, [now](const auto& entry) { return entry.second <= now; });
        }
        if (full_at.size() < most_in_shard) full_at.emplace(key, when);
    }
};

bucket_table::bucket_table(std::uint64_t seed) : seed_(seed), shards_(std::make_unique<shard[]>(shards)) {
    for (std::size_t i = 0; i < shards; ++i)
        shards_[i].full_at = decltype(shard::full_at)(0, seeded_hash{mixed(seed + i)});
}

bucket_table::~bucket_table() = default;

bucket_table::shard& bucket_table::shard_of(const bucket_key& first) const {
    return shards_[seeded_hash{seed_}(first) % shards];
}

std::optional<bucket_table::shortage> bucket_table::take(std::span<const draw> all, steady_time now) {
    if (all.empty()) return std::nullopt;
    auto& in = shard_of(all.front().key);
    const std::scoped_lock lock(in.mutex);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& d = all[i];
        if (d.from.per_second == 0) continue;
        const auto over = in.level_of(d.key, now) + time_of(d.units, d.from) - now - depth_of(d.from);
        if (over > nanoseconds::zero()) return shortage{i, over};
    }
    for (const auto& d : all)
        if (d.from.per_second != 0) in.put(d.key, in.level_of(d.key, now) + time_of(d.units, d.from), now);
    return std::nullopt;
}

void bucket_table::give_back(std::span<const draw> all) {
    if (all.empty()) return;
    auto& in = shard_of(all.front().key);
    const std::scoped_lock lock(in.mutex);
    for (const auto& d : all) {
        if (d.from.per_second == 0) continue;
        if (const auto at = in.full_at.find(d.key); at != in.full_at.end()) at->second -= time_of(d.units, d.from);
    }
}

std::size_t bucket_table::size() const {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < shards; ++i) {
        const std::scoped_lock lock(shards_[i].mutex);
        sum += shards_[i].full_at.size();
    }
    return sum;
}

}  // namespace hourkey::policy
