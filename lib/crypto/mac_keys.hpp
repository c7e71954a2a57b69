#pragma once

#include "core/secret.hpp"
#include "crypto/hash.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace hourkey::crypto {

/// Keys for message authentication of one purpose, by their ids: the active one makes what is new, by the others what
/// they have made is still told. Shared by threads.
class mac_keys {
public:
    /// An id has its key for good. False, and nothing is changed: it has or had another, or was removed. The highest id
    /// is the active one until activate() has said once which is.
    bool add(std::uint8_t id, const secret& key);
    /// One that there is; others are passed over.
    void activate(std::uint8_t id);
    /// What it has made is no longer told, and the id never has a key again.
    void remove(std::uint8_t id);

    [[nodiscard]] std::uint8_t active() const noexcept { return active_.load(std::memory_order_acquire); }
    /// Moves with each change.
    [[nodiscard]] std::uint64_t changes() const noexcept { return changes_.load(std::memory_order_acquire); }
    [[nodiscard]] std::optional<secret> find(std::uint8_t id) const;
    [[nodiscard]] bool has(std::uint8_t id) const;

private:
    mutable std::mutex mutex_;
    std::map<std::uint8_t, std::optional<secret>> keys_;  ///< none: it was removed
    bool is_chosen_ = false;
    std::atomic<std::uint8_t> active_{0};
    std::atomic<std::uint64_t> changes_{0};
};

/// Makes and checks MACs under such keys; what a key needs is made once. Not for use by two threads at once.
class mac_signer {
public:
    explicit mac_signer(std::shared_ptr<const mac_keys> keys);
    [[nodiscard]] std::uint8_t active() const noexcept { return keys_->active(); }
    /// Null: there is no such key.
    [[nodiscard]] const keyed_hmac* find(std::uint8_t id);

private:
    std::shared_ptr<const mac_keys> keys_;
    std::uint64_t seen_changes_ = 0;
    std::map<std::uint8_t, keyed_hmac> ready_;
    std::uint8_t last_id_ = 0;
    const keyed_hmac* last_ = nullptr;
};

}  // namespace hourkey::crypto
