#include "crypto/mac_keys.hpp"

#include <utility>

namespace hourkey::crypto {

bool mac_keys::add(std::uint8_t id, const secret& key) {
    const std::lock_guard lock(mutex_);
    if (const auto at = keys_.find(id); at != keys_.end())
        return at->second && equal_in_constant_time(at->second->expose(), key.expose());
    keys_.emplace(id, key.clone());
    if (!is_chosen_ && id > active_.load(std::memory_order_relaxed)) active_.store(id, std::memory_order_release);
    changes_.fetch_add(1, std::memory_order_release);
    return true;
}

void mac_keys::activate(std::uint8_t id) {
    const std::lock_guard lock(mutex_);
    if (const auto at = keys_.find(id); at == keys_.end() || !at->second) return;
    is_chosen_ = true;
    active_.store(id, std::memory_order_release);
}

void mac_keys::remove(std::uint8_t id) {
    const std::lock_guard lock(mutex_);
    auto& key = keys_[id];
    if (!key) return;
    key.reset();
    changes_.fetch_add(1, std::memory_order_release);
}

std::optional<secret> mac_keys::find(std::uint8_t id) const {
    const std::lock_guard lock(mutex_);
    const auto at = keys_.find(id);
    return at == keys_.end() || !at->second ? std::nullopt : std::optional(at->second->clone());
}

bool mac_keys::has(std::uint8_t id) const {
    const std::lock_guard lock(mutex_);
    const auto at = keys_.find(id);
    return at != keys_.end() && at->second;
}

mac_signer::mac_signer(std::shared_ptr<const mac_keys> keys) : keys_(std::move(keys)) {}

const keyed_hmac* mac_signer::find(std::uint8_t id) {
    if (const auto now = keys_->changes(); now != seen_changes_) {
        ready_.clear();
        last_ = nullptr;
        seen_changes_ = now;
    }
    if (last_ != nullptr && last_id_ == id) return last_;
    auto at = ready_.find(id);
    if (at == ready_.end()) {
        const auto key = keys_->find(id);
        if (!key) return nullptr;
        at = ready_.emplace(id, keyed_hmac(key->expose())).first;
    }
    last_id_ = id;
    last_ = &at->second;
    return last_;
}

}  // namespace hourkey::crypto
