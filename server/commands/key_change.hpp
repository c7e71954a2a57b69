#pragma once

#include "server/adapters/blocking_client.hpp"
#include "server/config.hpp"
#include "server/store_files/key_change.hpp"
#include "server/store_files/server_key.hpp"

#include <cstdint>

namespace hourkey::server {

// What `key rotate` and `key retire` share.

[[nodiscard]] model::audit_record local_record();
[[nodiscard]] key_place place_of(const config& c, const server_keys& keys);
/// The key's id of the server's answer.
[[nodiscard]] result<std::int64_t> id_in(const blocking_client::answer& answer);

}  // namespace hourkey::server
