#pragma once

#include "server/commands/configuration_flags.hpp"

#include <cstdint>
#include <string>

namespace hourkey::server {

struct audit_export_options {
    std::string tenant;       ///< its name or its id, also of one that was deleted
    bool of_server = false;   ///< the server's own records: operators and their tokens
    bool of_all = false;
    std::uint64_t since = 0;  ///< records after this seq
    bool follow = false;      ///< go on with what arrives, until Ctrl-C
};

/// Writes audit records to standard output, one JSON object a line, in the order of the chain. Reads the file itself,
/// beside a running server too, a page at a time. Returns exit_ok, or exit_found_wrong at a row that does not hold a
/// record.
[[nodiscard]] result<int> export_audit(const configuration_flags& flags, const audit_export_options& options);

}  // namespace hourkey::server
