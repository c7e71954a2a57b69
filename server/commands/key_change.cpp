#include "server/commands/key_change.hpp"

#include "crypto/random.hpp"
#include "server/store_files/remembered_store.hpp"

namespace hourkey::server {

model::audit_record local_record() {
    const auto now = system_clock().now();
    model::audit_record record;
    record.time = now;
    record.request_id = crypto::make_ulid(now).str();
    record.actor = model::audit_actor::machine;
    record.actor_role = model::role::operator_;
    record.client_address = "local";
    return record;
}

key_place place_of(const config& c, const server_keys& keys) {
    return {.key_file = c.server_key_file(),
            .database = c.store.path,
            .ring = keys.ring,
            .remembered = head_file_of(c, keys)};
}

}  // namespace hourkey::server
