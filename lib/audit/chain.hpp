#pragma once

#include "crypto/mac_keys.hpp"
#include "model/audit_record.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace hourkey::audit {

/// The record's bytes in the form that `format` names. 1: the format, then every field but `format` and `hash` in the
/// order of the struct; integers as LEB128, times as 8 bytes big-endian, texts with their length before them. Two
/// different records never have the same bytes. False: the format is not known here.
[[nodiscard]] bool append_canonical(std::string& out, const model::audit_record& record);

/// h_n = HMAC-SHA256(audit key, h_{n-1} || canonical(record n)), with h_0 all zero. The key is that of the ring which
/// the record names.
class chain {
public:
    /// `of_heads` has the ids whose keys seal heads; null: all of `audit_keys`. Of a key that was retired the audit key
    /// is left, and whoever has that must not be able to end a trail of their own.
    explicit chain(std::shared_ptr<const crypto::mac_keys> audit_keys,
                   std::shared_ptr<const crypto::mac_keys> of_heads = nullptr);
    /// The id of the key for new records and heads.
    [[nodiscard]] std::uint8_t key() const noexcept { return keys_.active(); }
    /// None: its format or its key is not known here.
    [[nodiscard]] std::optional<model::audit_hash> link(const model::audit_hash& previous,
                                                        const model::audit_record& record) const;
    /// What the head row holds, so that cutting off the tail shows: HMAC(audit key, "head" || writer || seq || hash).
    /// None: there is no such key, or it was retired.
    [[nodiscard]] std::optional<model::audit_hash> seal_head(const model::audit_head& head) const;

private:
    mutable crypto::mac_signer keys_;
    std::shared_ptr<const crypto::mac_keys> of_heads_;
    mutable std::string scratch_;
};

}  // namespace hourkey::audit
