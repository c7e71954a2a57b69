#pragma once

#include "core/failure.hpp"
#include "model/audit_record.hpp"
#include "sealing/key_ring.hpp"
#include "store/database.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace hourkey::server {

struct config;
struct server_keys;

/// Where an installation keeps its server keys, and the ring that this process has of them, which follows the store
/// (store::settings::follow).
struct key_place {
    std::string key_file;
    std::string database;
    std::shared_ptr<sealing::key_ring> ring;
};
[[nodiscard]] key_place place_of(const config& c, const server_keys& keys);

// A rotation, in order; cut off anywhere, it is begun again and goes on:
// prepare_next_key(), rotation_work() committed.

/// The key that comes next, in the file, durable, and in the ring: a new one, or that of a rotation that was cut off.
/// Waits for a disk.
[[nodiscard]] result<std::uint8_t> prepare_next_key(const key_place& at);
/// In one transaction: it is the active one, a record says so, and a job seals anew what the old one has sealed. One
/// that is active already is no failure. `record` says who and when.
[[nodiscard]] std::function<result<>(store::transaction&)> rotation_work(const key_place& at, std::uint8_t id,
                                                                         model::audit_record record);
/// A job that seals anew what older keys have sealed, where any still has: a rotation's may have been lost.
[[nodiscard]] result<> go_on_resealing(store::transaction& tx);

// A retirement, in order; the same:
// retirement_work() committed, forget_key().

/// in_use says what still needs the key. One that is retired already is no failure.
[[nodiscard]] std::function<result<>(store::transaction&)> retirement_work(std::uint8_t id, model::audit_record record);
/// Of the key the file keeps what verifies its records. Waits for a disk.
[[nodiscard]] result<> forget_key(const key_place& at, store::database& database, std::uint8_t id);

}  // namespace hourkey::server
