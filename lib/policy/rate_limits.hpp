#pragma once

#include "core/failure.hpp"
#include "model/principal.hpp"
#include "model/token.hpp"
#include "policy/bucket_table.hpp"
#include "policy/client_networks.hpp"

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace hourkey::policy {

/// What each may ask for in a second, on average; 0: without limit. config/hourkey.toml has the reasons.
struct rate_settings {
    std::uint32_t token = 300;
    std::uint32_t app = 400;
    std::uint32_t tenant = 500;
    std::uint32_t address = 200;     ///< without a good token; an IPv6 /56 and /48 may more (client_networks)
    std::uint32_t dead_tokens = 50;  ///< a tenant's expired and revoked tokens together
    std::uint32_t sts = 300;  ///< sessions that a tenant makes at AWS STS: half of AWS's quota, which all tenants share
    std::uint32_t burst_seconds = 10;
    std::set<std::string, std::less<>> lifted_tenants{};  ///< whose own buckets do not count
};

/// Whose bucket was empty. The metric's label.
enum class rated : std::uint8_t { address, token, app, tenant, dead_token, sts };

/// What takes rights away must work for whoever has used up all else: it has a bucket of its own to fall back on.
enum class request_purpose : std::uint8_t { ordinary, takes_rights_away };

/// Who may go on now. Shared by all threads. Whoever may not gets rate_limited with retry_after.
class rate_limits {
public:
    /// Taking rights away, by tenant and by address network, when the usual bucket is empty.
    static constexpr allowance reserve{.per_second = 20, .burst = 400};

    rate_limits(rate_settings s, std::uint64_t seed, std::function<void(rated)> on_refused = {});

    enum class address_standing : std::uint8_t { within_rate, above_rate };
    /// Before the request's token is looked at. What a good token asks is given back: its own buckets pay. What takes
    /// rights away is not refused yet: above the rate its token is looked at, and admit_from_address_reserve() decides.
    [[nodiscard]] result<address_standing> admit_address(std::string_view address, request_purpose p, steady_time now);
    /// `may`: whether the token has the right that is asked for. Nobody else draws on the reserve.
    [[nodiscard]] result<> admit_from_address_reserve(std::string_view address, bool may, steady_time now);
    void give_back_address(std::string_view address);
    /// `units`: what the route costs; a vend is one. `p` is takes_rights_away only of a caller who may: nobody else
    /// draws on the reserve.
    [[nodiscard]] result<> admit_caller(const model::principal& who, std::uint32_t units, request_purpose p,
                                        steady_time now);
    /// A token that was good once: a tenant's dead tokens share a bucket, and take nothing from its living ones.
    [[nodiscard]] result<> admit_dead_token(const model::token& known, steady_time now);
    /// One session at AWS STS, a vend's or a verification's.
    [[nodiscard]] result<> admit_session(const model::principal& who, steady_time now);

private:
    [[nodiscard]] allowance of(std::uint32_t per_second) const;
    [[nodiscard]] bool is_lifted(const model::principal& who) const;
    [[nodiscard]] result<> refuse(rated by, std::chrono::nanoseconds wait) const;

    rate_settings settings_;
    bucket_table table_;
    std::function<void(rated)> on_refused_;
};

}  // namespace hourkey::policy
