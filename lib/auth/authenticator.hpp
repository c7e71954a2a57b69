#pragma once

#include "auth/token_format.hpp"
#include "core/clock.hpp"
#include "core/failure.hpp"
#include "crypto/mac_keys.hpp"
#include "model/principal.hpp"
#include "model/token.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace hourkey::auth {

/// The token in a request: `Bearer T`, `bearer T` or bare `T` in Authorization, or X-Vault-Token. Two different ones
/// are refused.
[[nodiscard]] result<std::string_view> find_credential(std::optional<std::string_view> authorization,
                                                       std::optional<std::string_view> vault_token);

/// A token as it was sent, taken apart: its id is what the store is asked for.
struct presented_token {
    ulid id;
    model::role role{};
    std::string_view text;    ///< of the request
    std::string_view secret;  ///< of the text
};

/// By which a token that was found good is known again, while that is remembered: SHA-256 of its 256 secret bits, which
/// nobody finds from it, like its MAC.
[[nodiscard]] crypto::sha256_digest print_of(const presented_token& t);

/// From a token to a principal. Knows no store. One per thread.
class authenticator {
public:
    explicit authenticator(std::shared_ptr<const crypto::mac_keys> token_keys);

    /// Under the active key, for a new token.
    struct named_mac {
        std::uint8_t key = 0;
        token_mac mac{};
    };
    [[nodiscard]] named_mac mac(std::string_view token) const;

    /// unauthenticated for a bad shape or checksum: the store need not be asked.
    [[nodiscard]] static result<presented_token> present(std::string_view token);

    /// unauthenticated for an unknown id (after a dummy comparison, so that time does not tell), a wrong secret, an
    /// expired or revoked token: always the same answer; the cause says which.
    struct outcome {
        result<model::principal> caller;
        /// The stored token's secret was right, also when it has expired or is revoked: for the audit.
        bool is_known = false;
        bool wants_touch = false;  ///< last_used_at is old enough to be written again
    };
    /// `stored`: what the store has under presented_token::id. `print`: of what has been found good beside the same
    /// `stored`, if anything has; it spares the MAC.
    [[nodiscard]] outcome check(const presented_token& given, const std::optional<model::token>& stored, wall_time now,
                                std::string_view print = {}) const;

    /// How coarse last_used_at is: at most one write per token in this time.
    static constexpr std::chrono::minutes last_used_grain{5};

private:
    [[nodiscard]] bool has_right_secret(const presented_token& given, const std::optional<model::token>& stored,
                                        std::string_view print) const;

    mutable crypto::mac_signer keys_;
};

/// Is this stored token good now? The rule that the vend's transaction asks again.
[[nodiscard]] result<> check_token(const model::token& t, wall_time now);

}  // namespace hourkey::auth
