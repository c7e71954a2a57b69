#include "clients/cli/vend_or_kept.hpp"

#include "clients/cli/credential_cache.hpp"
#include "clients/cli/output/report.hpp"
#include "core/time_text.hpp"

#include <utility>

namespace hourkey::cli {
namespace {

std::optional<kept_credentials> find_kept(const server_settings& settings, const vend_flags& flags) {
    const auto cache = credential_cache::open(settings, flags);
    if (!cache) return std::nullopt;
    auto found = cache->read();
    if (!found || !*found) return std::nullopt;
    auto kept = **std::move(found);
    if (worth_of(kept.fetched_at, kept.credentials.expiration, system_clock().now()) == worth::nothing)
        return std::nullopt;
    return kept;
}

}  // namespace

result<api::credentials> vend_or_kept(const server_flags& server, const vend_flags& flags) {
    HK_TRY(const auto settings, load_settings(server));
    HK_TRY(const auto session, server_session::open(settings.clone()));
    auto vended = vend(*session, flags);
    if (vended || !is_outage(vended.error().code)) return vended;
    auto kept = find_kept(settings, flags);
    if (!kept) return vended;
    note(std::string(vended.error().text()) + " These are the credentials that were fetched at " +
         to_rfc3339(kept->fetched_at) + "; they end at " + to_rfc3339(kept->credentials.expiration) + ".");
    return std::move(kept->credentials);
}

}  // namespace hourkey::cli
