#pragma once

#include "model/audit_record.hpp"

#include <cstdint>
#include <functional>
#include <optional>

namespace hourkey::store {

/// Computes the chain's hashes; the server wires audit::chain in, because store does not know audit.
/// Called by one thread at a time: by open(), then by the writer.
struct audit_sealer {
    /// The id of the key for new records and heads.
    std::function<std::uint8_t()> key;
    /// None, here and below: there is no key of that id.
    std::function<std::optional<model::audit_hash>(const model::audit_hash& previous, const model::audit_record&)> link;
    std::function<std::optional<model::audit_hash>(const model::audit_head&)> seal_head;
};

}  // namespace hourkey::store
