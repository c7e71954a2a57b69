#include "policy/rate_limits.hpp"

#include <algorithm>
#include <array>

namespace hourkey::policy {
namespace {

using draw = bucket_table::draw;

/// Of a bucket's key; the reserve's follow.
std::uint8_t kind_of(rated r) { return static_cast<std::uint8_t>(r); }
constexpr std::uint8_t tenant_reserve = 100, address_reserve = 101;

std::array<unsigned char, 16> id_of(const ulid& id) {
    std::array<unsigned char, 16> out{};
    std::ranges::copy(id.bytes(), out.begin());
    return out;
}

/// An app has no id: its name's hash beside half of its tenant's. Two apps that share a bucket belong to one tenant in
/// any case.
std::array<unsigned char, 16> id_of(const ulid& tenant, const app_name& app) {
    auto out = id_of(tenant);
    auto hash = static_cast<std::uint64_t>(std::hash<std::string>{}(app.str()));
    for (std::size_t i = 0; i < 8; ++i, hash >>= 8) out[i] = static_cast<unsigned char>(hash);
    return out;
}

std::string_view whose(rated by) {
    switch (by) {
        case rated::address: return "This address sends too many requests without a good token.";
        case rated::token: return "This token is used for too many requests.";
        case rated::app: return "The app's tokens are used for too many requests.";
        case rated::tenant: return "The tenant's tokens are used for too many requests.";
        case rated::dead_token: return "The tenant's expired or revoked tokens are used for too many requests.";
        case rated::sts: return "The tenant makes too many sessions at AWS STS.";
    }
    return "Too many requests.";
}

/// What a request draws on, for all networks that its address is in.
class network_draws {
public:
    network_draws(std::string_view address, std::uint8_t kind, allowance of_one) {
        const auto networks = client_networks::of(address);
        for (const auto& in : networks.widest_first())
            draws_[count_++] = {{kind, in.address}, {of_one.per_second * in.times, of_one.burst * in.times}, 1};
    }
    [[nodiscard]] std::span<const draw> all() const noexcept { return std::span(draws_).first(count_); }

private:
    std::array<draw, 3> draws_;
    std::size_t count_ = 0;
};

}  // namespace

rate_limits::rate_limits(rate_settings s, std::uint64_t seed, std::function<void(rated)> on_refused)
    : settings_(std::move(s)), table_(seed), on_refused_(std::move(on_refused)) {}

allowance rate_limits::of(std::uint32_t per_second) const { return {per_second, per_second * settings_.burst_seconds}; }

bool rate_limits::is_lifted(const model::principal& who) const {
    return !settings_.lifted_tenants.empty() && who.tenant && settings_.lifted_tenants.contains(who.tenant->str());
}

result<> rate_limits::refuse(rated by, std::chrono::nanoseconds wait) const {
    if (on_refused_) on_refused_(by);
    failure f(errc::rate_limited, std::string(whose(by)),
              "Wait as long as Retry-After says; the operator sets the rates in [limits].");
    f.retry_after = std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds{1});
    return f;
}

result<rate_limits::address_standing> rate_limits::admit_address(std::string_view address, request_purpose p,
                                                                 steady_time now) {
    const network_draws usual(address, kind_of(rated::address), of(settings_.address));
    const auto lacking = table_.take(usual.all(), now);
    if (!lacking) return address_standing::within_rate;
    if (p == request_purpose::takes_rights_away) return address_standing::above_rate;
    return refuse(rated::address, lacking->wait).error();
}

result<> rate_limits::admit_from_address_reserve(std::string_view address, bool may, steady_time now) {
    if (!may) return refuse(rated::address, {});
    const network_draws last(address, address_reserve, reserve);
    if (const auto lacking = table_.take(last.all(), now)) return refuse(rated::address, lacking->wait);
    return {};
}

void rate_limits::give_back_address(std::string_view address) {
    table_.give_back(network_draws(address, kind_of(rated::address), of(settings_.address)).all());
}

result<> rate_limits::admit_caller(const model::principal& who, std::uint32_t units, request_purpose p,
                                   steady_time now) {
    if (is_lifted(who)) return {};
    // An operator's token belongs to no tenant.
    constexpr std::array kinds{rated::tenant, rated::app, rated::token};
    std::array<draw, 3> all;
    std::array<rated, 3> by{};
    std::size_t n = 0;
    for (const auto kind : kinds) {
        if (kind == rated::tenant && who.tenant_id.is_nil()) continue;
        if (kind == rated::app && !who.app) continue;
        const auto id = kind == rated::tenant ? id_of(who.tenant_id)
                        : kind == rated::app  ? id_of(who.tenant_id, *who.app)
                                              : id_of(who.id);
        const auto rate = kind == rated::tenant ? settings_.tenant
                          : kind == rated::app  ? settings_.app
                                                : settings_.token;
        by[n] = kind;
        all[n++] = {{kind_of(kind), id}, of(rate), units};
    }
    const auto lacking = table_.take(std::span(all).first(n), now);
    if (!lacking) return {};
    if (p == request_purpose::takes_rights_away) {
        const std::array last{
            draw{{tenant_reserve, id_of(who.tenant_id.is_nil() ? who.id : who.tenant_id)}, reserve, 1}};
        if (!table_.take(last, now)) return {};
    }
    return refuse(by[lacking->which], lacking->wait);
}

result<> rate_limits::admit_dead_token(const model::token& known, steady_time now) {
    const auto owner = known.tenant_id.is_nil() ? known.id : known.tenant_id;
    const std::array one{draw{{kind_of(rated::dead_token), id_of(owner)}, of(settings_.dead_tokens), 1}};
    if (const auto lacking = table_.take(one, now)) return refuse(rated::dead_token, lacking->wait);
    return {};
}

result<> rate_limits::admit_session(const model::principal& who, steady_time now) {
    if (is_lifted(who)) return {};
    const std::array one{draw{{kind_of(rated::sts), id_of(who.tenant_id)}, of(settings_.sts), 1}};
    if (const auto lacking = table_.take(one, now)) return refuse(rated::sts, lacking->wait);
    return {};
}

}  // namespace hourkey::policy
