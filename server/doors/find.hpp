#pragma once

#include "core/task.hpp"
#include "server/services.hpp"
#include "store/database.hpp"

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace hourkey::server {

/// One row, or none, as the store has it now. `look` is result<std::optional<Row>>(store::reader&) and owns what it
/// uses.
template <class Look>
[[nodiscard]] auto find(services& with, Look look) -> task<std::invoke_result_t<Look, store::reader&>> {
    using found = std::invoke_result_t<Look, store::reader&>;
    std::function<found(store::reader&)> work = std::move(look);
    co_return co_await with.database.read<typename found::value_type>(std::move(work));
}

[[nodiscard]] inline auto find_tenant(services& with, const tenant_name& name) {
    return find(with, [name](store::reader& from) { return from.find_tenant(name); });
}
[[nodiscard]] inline auto find_connection(services& with, const ulid& tenant, const connection_name& name) {
    return find(with, [tenant, name](store::reader& from) { return from.find_connection(tenant, name); });
}
[[nodiscard]] inline auto find_token(services& with, const ulid& id) {
    return find(with, [id](store::reader& from) { return from.find_token(id); });
}

}  // namespace hourkey::server
