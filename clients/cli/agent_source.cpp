#include "clients/cli/agent_source.hpp"

#include "client/api_client.hpp"
#include "crypto/hash.hpp"

#include <memory>
#include <utility>

namespace hourkey::cli {
namespace {

struct renewed_channel {
    net::reactor& on;
    server_flags flags;
    api::credentials_request what;
    secret token;
    agent::source ask;
};

/// False: there is no other token, or the settings name another server now, which nobody has asked to trust.
bool renew(renewed_channel& with, const std::string& url) {
    auto again = load_settings(with.flags);
    if (!again || again->url != url) return false;
    if (crypto::equal_in_constant_time(again->token.expose(), with.token.expose())) return false;
    auto token = again->token.clone();
    client::settings to{.url = again->url, .ca_file = again->ca_file, .token = std::move(again->token)};
    auto over = client::make_channel(with.on, std::move(to));
    if (!over) return false;
    with.token = std::move(token);
    with.ask = agent::source_from(*std::move(over), with.what);
    return true;
}

task<result<agent::fetched>> ask(std::shared_ptr<renewed_channel> with, std::string url, connection_name connection,
                                 deadline until) {
    const auto first = with->ask;
    auto got = co_await first(connection, until);
    if (got || got.error().code != errc::unauthenticated || !renew(*with, url)) co_return got;
    const auto second = with->ask;
    co_return co_await second(std::move(connection), until);
}

}  // namespace

agent::source make_agent_source(server_session& over, const server_flags& flags, api::credentials_request what) {
    const auto with =
        std::make_shared<renewed_channel>(renewed_channel{.on = over.reactor(),
                                                          .flags = flags,
                                                          .what = what,
                                                          .token = over.settings().token.clone(),
                                                          .ask = agent::source_from(over.channel(), std::move(what))});
    return [with, url = over.settings().url](connection_name connection, deadline until) {
        return ask(with, url, std::move(connection), until);
    };
}

}  // namespace hourkey::cli
