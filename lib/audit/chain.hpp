#pragma once

#include "core/secret.hpp"
#include "crypto/hash.hpp"
#include "model/audit_record.hpp"

#include <memory>
#include <string>

namespace hourkey::audit {

/// The record's bytes in one fixed form: a version byte, then every field but `hash` in the order of the struct,
/// integers as 8 bytes big-endian, texts with a 4-byte length. Two different records never have the same bytes.
void append_canonical(std::string& out, const model::audit_record& record);

/// h_n = HMAC-SHA256(audit key, h_{n-1} || canonical(record n)), with h_0 all zero.
class chain {
public:
    explicit chain(const secret& audit_key);
    [[nodiscard]] model::audit_hash link(const model::audit_hash& previous, const model::audit_record& record) const;
    /// What the head row holds, so that cutting off the tail shows: HMAC(audit key, "head" || seq || hash).
    [[nodiscard]] model::audit_hash seal_head(std::uint64_t seq, const model::audit_hash& hash) const;

private:
    crypto::keyed_hmac key_;
    mutable std::string scratch_;
};

}  // namespace hourkey::audit
