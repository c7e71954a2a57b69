#pragma once

#include "server/doors/call.hpp"
#include "server/doors/route.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hourkey::server {

/// A hint's `{tenant}`, `{connection}` and `{app}` with the names that this call has told: what its path says, else
/// what its token says. Both the caller knows already. What is not known, or is no name, stays as it stands.
/// `connection`: of one of several things that the call asked for.
[[nodiscard]] std::string fill_in(std::string_view hint, const route* row, const call& what,
                                  const std::optional<connection_name>& connection = {});

/// For something that is not there and has no better hint: the collection above it; empty where there is none.
[[nodiscard]] std::string where_to_look(const route* row, const call& what);

}  // namespace hourkey::server
