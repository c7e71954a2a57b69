#pragma once

#include "core/secret.hpp"
#include "crypto/hash.hpp"
#include "crypto/mac_keys.hpp"

#include <cstdint>
#include <map>
#include <memory>

namespace hourkey::sealing {

/// The server keys, each with its id for good, and what each yields: one key a purpose, derived one way. Whatever is
/// made with one names its id. Thread-safe; who holds one purpose's keys sees new ones at once.
class key_ring {
public:
    key_ring();
    key_ring(key_ring&&) noexcept = default;
    key_ring& operator=(key_ring&&) noexcept = default;

    /// False, and nothing is changed: the id has another key, or was retired.
    bool add(std::uint8_t id, const secret& server_key);
    /// Of one that was retired only this is kept: it verifies the records of its time, and makes no token and no seal.
    void add_retired(std::uint8_t id, const secret& audit_key);
    /// From now on it makes what is new.
    void activate(std::uint8_t id);
    [[nodiscard]] std::uint8_t active() const noexcept { return token_keys_->active(); }
    /// What it has made, but for records, is good no more, whatever is added later.
    void retire(std::uint8_t id);

    [[nodiscard]] std::shared_ptr<const crypto::mac_keys> token_keys() const { return token_keys_; }
    [[nodiscard]] std::shared_ptr<const crypto::mac_keys> row_keys() const { return row_keys_; }
    [[nodiscard]] std::shared_ptr<const crypto::mac_keys> head_keys() const { return head_keys_; }
    [[nodiscard]] std::shared_ptr<const crypto::mac_keys> audit_keys() const { return audit_keys_; }
    /// By id, of those that are not retired: proves to a database that this is its key, and nothing else.
    [[nodiscard]] std::map<std::uint8_t, crypto::sha256_digest> checks() const;

private:
    std::shared_ptr<crypto::mac_keys> token_keys_, row_keys_, head_keys_, audit_keys_, check_keys_;
};

/// What is kept of a key when it is retired.
[[nodiscard]] secret derive_audit_key(const secret& server_key);

}  // namespace hourkey::sealing
