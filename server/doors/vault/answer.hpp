#pragma once

#include "api/vault.hpp"
#include "server/doors/call.hpp"
#include "server/doors/json_answer.hpp"

#include <string_view>
#include <utility>

namespace hourkey::server::vault {

namespace wire = hourkey::api;

/// Wrapped as Vault wraps all of its answers.
template <class Data>
[[nodiscard]] wire::vault_answer<Data> wrapped(const call& what, Data data, std::string_view mount_type) {
    return {.request_id = what.request_id, .data = std::move(data), .mount_type = std::string(mount_type)};
}

}  // namespace hourkey::server::vault
