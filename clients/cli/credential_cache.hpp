#pragma once

#include "api/credentials.hpp"
#include "clients/cli/settings.hpp"
#include "clients/cli/vend.hpp"
#include "core/clock.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"
#include "os/unique_descriptor.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::cli {

/// Credentials that this user has fetched before.
struct kept_credentials {
    api::credentials credentials;
    wall_time fetched_at{};
};

/// `{"version":1,"fetched_at":"...","credentials":{...}}`, the latter as the server says them.
[[nodiscard]] secret to_json(const api::credentials& credentials, wall_time fetched_at);
/// Fails with invalid_configuration, which repeats nothing of the text.
[[nodiscard]] result<kept_credentials> parse_kept(std::string_view text);

/// botocore asks again at every call once less than 15 minutes remain.
inline constexpr std::chrono::minutes least_life_left{16};

enum class worth {
    fresh,        ///< may be given out unasked
    last_resort,  ///< when the server cannot be asked: not run out, but the client would soon come again
    nothing
};
/// Fresh with least_life_left, or for those that live short with half of their life left. Worth nothing when the clock
/// has been set since in a way that makes its word doubtful.
[[nodiscard]] worth worth_of(wall_time fetched_at, wall_time expiration, wall_time now);

/// A hexadecimal name that another server, token, connection or request does not have, and that tells nothing of them.
[[nodiscard]] std::string cache_key(const server_settings& server, const vend_flags& flags);

/// What is kept for one such name, in cache_folder(): a file of mode 0600 that is written whole or not at all, and a
/// lock beside it.
class credential_cache {
public:
    /// Fails with invalid_configuration when there is no folder that is this user's alone.
    [[nodiscard]] static result<credential_cache> open(const server_settings& server, const vend_flags& flags);

    /// Nothing: there is no file. Fails with invalid_configuration, saying how, for one that is somebody else's, that
    /// others may read, or that is damaged.
    [[nodiscard]] result<std::optional<kept_credentials>> read() const;
    /// Takes away besides what is older than any credentials are.
    [[nodiscard]] result<> write(const api::credentials& credentials, wall_time fetched_at) const;

    /// Held until it goes; waited for until then, and nothing afterwards.
    [[nodiscard]] os::unique_descriptor lock(deadline until) const;

private:
    explicit credential_cache(std::string file) : file_(std::move(file)) {}
    std::string file_;
};

/// Whether a failure says that the server, or AWS behind it, cannot answer now: nothing was refused.
[[nodiscard]] bool is_outage(errc code) noexcept;

}  // namespace hourkey::cli
