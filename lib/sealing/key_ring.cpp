#include "sealing/key_ring.hpp"

#include "crypto/key_derivation.hpp"

#include <limits>

namespace hourkey::sealing {

secret derive_audit_key(const secret& server_key) { return crypto::derive_key(server_key, "hourkey audit v1"); }

key_ring::key_ring()
    : token_keys_(std::make_shared<crypto::mac_keys>()),
      row_keys_(std::make_shared<crypto::mac_keys>()),
      head_keys_(std::make_shared<crypto::mac_keys>()),
      audit_keys_(std::make_shared<crypto::mac_keys>()),
      check_keys_(std::make_shared<crypto::mac_keys>()) {}

bool key_ring::add(std::uint8_t id, const secret& server_key) {
    if (!check_keys_->add(id, crypto::derive_key(server_key, "hourkey key check v1"))) return false;
    token_keys_->add(id, crypto::derive_key(server_key, "hourkey token v1"));
    row_keys_->add(id, crypto::derive_key(server_key, "hourkey row seal v1"));
    head_keys_->add(id, crypto::derive_key(server_key, "hourkey head v1"));
    audit_keys_->add(id, derive_audit_key(server_key));
    return true;
}

void key_ring::add_retired(std::uint8_t id, const secret& audit_key) { audit_keys_->add(id, audit_key); }

void key_ring::activate(std::uint8_t id) {
    for (auto& keys : {token_keys_, row_keys_, head_keys_, audit_keys_}) keys->activate(id);
}

void key_ring::retire(std::uint8_t id) {
    for (auto& keys : {token_keys_, row_keys_, head_keys_, check_keys_}) keys->remove(id);
}

std::map<std::uint8_t, crypto::sha256_digest> key_ring::checks() const {
    std::map<std::uint8_t, crypto::sha256_digest> out;
    for (int id = 1; id <= std::numeric_limits<std::uint8_t>::max(); ++id)
        if (const auto key = check_keys_->find(static_cast<std::uint8_t>(id)))
            out[static_cast<std::uint8_t>(id)] = crypto::hmac_sha256(key->expose(), "this database's key");
    return out;
}

}  // namespace hourkey::sealing
