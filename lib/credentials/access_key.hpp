#pragma once

#include "aws/credentials.hpp"
#include "core/clock.hpp"
#include "core/failure.hpp"

#include <optional>
#include <string_view>

namespace hourkey::credentials {

/// What a source calls the three parts of a key: an error names the one that is wrong.
struct key_names {
    std::string_view id;
    std::string_view key;
    std::string_view token;
};

/// An access key as AWS writes one: id of [\w], 1..128; secret and token of 0x21..0x7E, so that no header can be
/// broken. Fails with base_credentials_unavailable; `where` is the source's name.
[[nodiscard]] result<aws::credentials> make_credentials(std::string_view id, std::string_view key,
                                                        std::string_view token, std::optional<wall_time> expiration,
                                                        std::string_view where, const key_names& names);

}  // namespace hourkey::credentials
