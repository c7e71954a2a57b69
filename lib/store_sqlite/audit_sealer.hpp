#pragma once

#include "model/audit_record.hpp"

#include <cstdint>
#include <functional>

namespace hourkey::store {

/// Computes the chain's hashes; the server wires audit::chain in, because store does not know audit.
/// Called by one thread at a time: by open(), then by the writer.
struct audit_sealer {
    std::function<model::audit_hash(const model::audit_hash& previous, const model::audit_record&)> link;
    std::function<model::audit_hash(std::uint64_t seq, const model::audit_hash&)> seal_head;
};

}  // namespace hourkey::store
