#pragma once

#include "core/clock.hpp"
#include "core/secret.hpp"
#include "emulator/principal.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hourkey::emulator {

/// A session of whatever kind: everything about it travels in its token, so the emulator remembers none, however many
/// it issues.
struct session {
    principal who;
    wall_time expires{};
    std::string token;
};

/// Seals sessions into tokens under a key of this process and derives their secret keys from it.
class session_sealer {
public:
    session_sealer();

    /// `padded_to` makes the token at least that long.
    [[nodiscard]] std::string seal(const session& s, std::size_t padded_to = 0) const;
    /// Nothing when the token was not made here, in any byte.
    [[nodiscard]] std::optional<session> open(std::string_view token) const;
    [[nodiscard]] std::string secret_of(std::string_view access_key) const;

private:
    [[nodiscard]] std::string seal_text(std::string_view claims) const;
    secret key_;
};

}  // namespace hourkey::emulator
