#pragma once

#include "audit/verification.hpp"
#include "server/store_files/server_key.hpp"

#include <optional>
#include <string>

namespace hourkey::server {

/// Holds a database file, which a server may be writing to, against itself: the chain, its head, the state that the
/// records tell of, the seals of rows, and a head that was known. Also of a backup: then nothing else may have it open.
[[nodiscard]] result<audit::report> check_audit(const std::string& database, const server_keys& keys,
                                                const std::optional<audit::known_head>& since = {});

/// What it found, in lines for people; a good report is one line.
[[nodiscard]] std::string text_of(const audit::report& found);

}  // namespace hourkey::server
