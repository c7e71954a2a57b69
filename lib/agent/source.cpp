#include "agent/source.hpp"

#include "client/api_client.hpp"

#include <utility>

namespace hourkey::agent {

namespace {

task<result<fetched>> fetch_from(client::channel over, api::credentials_request what, connection_name connection,
                                 deadline until) {
    const client::api_client api(over);
    HK_CO_TRY(auto got, co_await api.get_credentials(std::move(connection), std::move(what), until));
    const auto offset = over.clock_difference().value_or(std::chrono::seconds::zero());
    const bool is_wrong = offset >= least_clock_offset || offset <= -least_clock_offset;
    co_return fetched{.what = std::move(got), .clock_offset = is_wrong ? offset : std::chrono::seconds::zero()};
}

}  // namespace

source source_from(client::channel over, api::credentials_request what) {
    return [over = std::move(over), what = std::move(what)](connection_name connection, deadline until) {
        return fetch_from(over, what, std::move(connection), until);
    };
}

fetch_failure kind_of(const failure& why) noexcept {
    switch (why.code) {
        case errc::unauthenticated:
        case errc::app_not_allowed:
        case errc::role_not_allowed:
        case errc::not_found:
        case errc::connection_not_ready:
        case errc::trust_refused:
        // The grant allows less than before.
        case errc::min_ttl_unmet:
        case errc::duration_out_of_range:
        case errc::invalid_request: return fetch_failure::refusal;
        default: return fetch_failure::outage;
    }
}

}  // namespace hourkey::agent
