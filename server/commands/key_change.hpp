#pragma once

#include "server/config.hpp"
#include "server/store_files/key_change.hpp"
#include "server/store_files/server_key.hpp"

namespace hourkey::server {

// What `key rotate` and `key retire` share.

[[nodiscard]] model::audit_record local_record();
[[nodiscard]] key_place place_of(const config& c, const server_keys& keys);

}  // namespace hourkey::server
