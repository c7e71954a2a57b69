#include "server/foundation/rate_settings.hpp"

#include "crypto/random.hpp"
#include "server/foundation/list_value.hpp"

#include <array>
#include <cstring>

namespace hourkey::server {

result<policy::rate_settings> rate_settings_of(const config& c) {
    const auto& l = c.limits;
    policy::rate_settings s{.token = l.token_per_second,
                            .app = l.app_per_second,
                            .tenant = l.tenant_per_second,
                            .address = l.address_per_second,
                            .dead_tokens = l.dead_tokens_per_second,
                            .sts = l.sts_per_second,
                            .burst_seconds = l.burst_seconds};
    for (const auto name : list_value(l.lifted_tenants)) {
        if (!is_name(name))
            return failure(errc::invalid_configuration,
                           "limits.lifted_tenants: '" + std::string(name) + "' is no tenant's name.",
                           "Write names separated by commas: \"acme, corp\".");
        s.lifted_tenants.emplace(name);
    }
    return s;
}

std::unique_ptr<policy::rate_limits> make_rate_limits(policy::rate_settings s, obs::metrics& with) {
    std::array<unsigned char, sizeof(std::uint64_t)> random;
    crypto::fill_random(random);
    std::uint64_t seed = 0;
    std::memcpy(&seed, random.data(), sizeof(seed));
    return std::make_unique<policy::rate_limits>(
        std::move(s), seed, [&with](policy::rated by) { with.rate_limited.add(static_cast<obs::rate_bucket>(by)); });
}

}  // namespace hourkey::server
