#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "http/message.hpp"
#include "server/doors/call.hpp"

namespace hourkey::server {
struct services;
}

namespace hourkey::server::vault {

/// Of `creds` and `sts` alike: what they differ in, Vault's role says, and here the connection does.
[[nodiscard]] task<result<http::response>> read_credentials(services& with, call& what);
[[nodiscard]] task<result<http::response>> write_credentials(services& with, call& what);

[[nodiscard]] task<result<http::response>> look_up_self(services& with, call& what);

[[nodiscard]] task<result<http::response>> list_mounts(services& with, call& what);
[[nodiscard]] task<result<http::response>> get_mount(services& with, call& what);
/// Vault's clients ask for the mount of the path that they are about to read.
[[nodiscard]] task<result<http::response>> get_mount_of_path(services& with, call& what);

}  // namespace hourkey::server::vault
