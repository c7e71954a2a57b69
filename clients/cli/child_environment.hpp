#pragma once

#include "api/credentials.hpp"
#include "core/secret.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hourkey::cli {

/// Where a tool of AWS's fetches credentials for as long as it runs, and the files that hide the user's own from it.
struct credentials_endpoint {
    std::string uri;               ///< AWS_CONTAINER_CREDENTIALS_FULL_URI
    secret token;                  ///< of its Authorization field
    std::string credentials_file;  ///< regular files, empty or written for it: JavaScript v2 reads no others
    std::string config_file;
};

/// Whom a child is to be at AWS. The keys, or their endpoint, live as long as this.
struct child_identity {
    std::string connection;
    std::variant<const api::credentials*, const credentials_endpoint*> from;
    std::optional<std::string> region;  ///< none: the child's own
    bool keeps_token = false;           ///< of hourkey's API
};

struct variable {
    std::string name, value;
};

/// What must change in an environment for its tools to sign as that identity and as nobody else.
struct environment_changes {
    std::vector<variable> set;
    std::vector<std::string> unset;  ///< of those that are there
    std::vector<std::string> notes;  ///< a sentence each, about what the user may have meant to count
};

/// `entries`: "NAME=value" each, as environ(7) has them.
[[nodiscard]] environment_changes changes_for(const child_identity& who, std::span<const std::string_view> entries);

/// AWS_<STAGE>_PROFILE and its like, as far as they are there.
[[nodiscard]] std::vector<std::string> stage_variables(std::span<const std::string_view> entries);

/// The same for a shell that is not known: all that would lead elsewhere goes, but for AWS_<STAGE>_*, whose names
/// nobody knows.
[[nodiscard]] environment_changes changes_in_any_environment(const child_identity& who);

enum class inheritance { all, pristine };

/// The child's entries. Pristine: of the caller's only what a program needs to run at all (PATH, HOME, TERM, TZ, the
/// locale and their like).
[[nodiscard]] std::vector<std::string> changed(std::span<const std::string_view> entries,
                                               const environment_changes& changes, inheritance what);

/// This process's.
[[nodiscard]] std::vector<std::string_view> own_entries();

}  // namespace hourkey::cli
