#pragma once

#include "store/reader.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace hourkey::store {

struct row_keys;

/// Tells how often authorisation has been changed, all of it in every snapshot that begins later.
using epoch_source = std::function<std::uint64_t()>;

/// Opens a database file read-only, without a server: `audit verify`, `backup`. Refuses a schema that is not ours.
/// Without a key the seals of rows are not checked: only to show what is there. Without an epoch all marks are equal:
/// not for vends.
[[nodiscard]] result<std::unique_ptr<reader>> open_read_only(const std::string& path,
                                                             std::shared_ptr<const row_keys> keys = nullptr,
                                                             epoch_source epoch = {});

}  // namespace hourkey::store
