#pragma once

#include "core/failure.hpp"
#include "model/audit_record.hpp"
#include "sealing/key_ring.hpp"
#include "server/config.hpp"
#include "server/store_files/server_key.hpp"
#include "store/transaction.hpp"
#include "store_sqlite/head_file.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace hourkey::server {

/// Where an installation keeps its server keys, and the ring that this process has of them.
struct key_place {
    std::string key_file;
    std::string database;
    std::shared_ptr<sealing::key_ring> ring;
    std::shared_ptr<const store::head_file> remembered;
};
[[nodiscard]] key_place place_of(const config& c, const server_keys& keys);

// A rotation, in order; cut off anywhere, it is begun again and goes on:
// prepare_next_key(), rotation_work() committed, ring->activate().

/// The key that comes next, in the file, durable, and in the ring: a new one, or that of a rotation that was cut off.
[[nodiscard]] result<std::uint8_t> prepare_next_key(const key_place& at);
/// In one transaction: it is the active one, a record says so, and a job seals anew what the old one has sealed.
/// `record` says who and when.
[[nodiscard]] std::function<result<>(store::transaction&)> rotation_work(const key_place& at, std::uint8_t id,
                                                                         model::audit_record record);

// A retirement, in order: retirement_work() committed, forget_key().

/// in_use says what still needs the key. One that is retired already is no failure while the file still has it: then
/// the retirement was cut off.
[[nodiscard]] std::function<result<>(store::transaction&)> retirement_work(const key_place& at, std::uint8_t id,
                                                                           model::audit_record record);
/// Of the key the file keeps what verifies its records, and the ring no more.
[[nodiscard]] result<> forget_key(const key_place& at, std::uint8_t id);

}  // namespace hourkey::server
