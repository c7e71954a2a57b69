#include "sts/client.hpp"

#include <utility>

namespace hourkey::sts {
namespace {

/// STS did not accept the key itself (ExpiredToken, ExpiredTokenException, InvalidClientTokenId), as opposed to our
/// having none.
bool is_stale_key(const failure& why) noexcept {
    return why.code == errc::base_credentials_unavailable && why.aws.has_value();
}

/// A refresh that brought what STS has just refused has nothing new to ask with.
bool is_same_key(const aws::credentials& a, const aws::credentials& b) noexcept {
    return a.access_key_id == b.access_key_id && a.secret_access_key.expose() == b.secret_access_key.expose() &&
           a.session_token.expose() == b.session_token.expose();
}

/// A region that hourkey's account has not enabled answers as if the key did not exist.
bool may_be_the_regions(const failure& why, const channel& there, const channel& home) {
    return there.region() != home.region() && why.aws->code == "InvalidClientTokenId";
}

failure region_not_enabled(const failure& said, const std::string& region) {
    failure out(
        errc::sts_rejected, "STS in " + region + " does not know hourkey's own key, which STS elsewhere takes.",
        "Leave the connection's region out, or have the operator enable " + region + " in hourkey's own AWS account.",
        said.cause);
    out.aws = said.aws;
    return out;
}

}  // namespace

client::client(net::reactor& on, endpoint_table endpoints, identity_source& base, channel_settings settings)
    : on_(on),
      endpoints_(std::move(endpoints)),
      base_(base),
      settings_(std::move(settings)),
      channels_(std::string(endpoints_.region_of_signature(endpoints_.default_region())), most_regions) {}

result<std::shared_ptr<channel>> client::channel_of(const std::string& region) {
    const auto& wanted = region.empty() ? endpoints_.default_region() : region;
    if (endpoints_.knows(wanted)) {
        if (auto known = channels_.find(endpoints_.region_of_signature(wanted))) return known;
    }
    HK_TRY(auto endpoint, endpoints_.for_region(wanted));
    auto signed_for = endpoint.region;
    auto made = std::make_shared<channel>(on_, std::move(endpoint), settings_);
    channels_.put(std::move(signed_for), made);
    return made;
}

task<result<assumed_role>> client::assume_role(aws::assume_role_request what, deadline until, std::string region,
                                               aws::retry_bucket* share) {
    HK_CO_TRY(const auto over, channel_of(region));
    HK_CO_TRY(const auto identity, base_.current());
    auto out = co_await sts::assume_role(*over, what, identity->keys, identity->kind(), until, share);
    if (out || !is_stale_key(out.error())) co_return out;
    HK_CO_TRY(const auto home, channel_of({}));
    if (may_be_the_regions(out.error(), *over, *home)) {
        const auto known = co_await sts::get_caller_identity(*home, identity->keys, until);
        // Who is denied the call has been recognised: a VPC endpoint's policy shuts it out.
        if (known || known.error().code == errc::trust_refused) co_return region_not_enabled(out.error(), region);
        if (!is_stale_key(known.error())) co_return known.error();
    }
    HK_CO_TRY(const auto renewed, co_await base_.refresh(identity->keys.access_key_id, until));
    if (is_same_key(renewed->keys, identity->keys)) co_return out;
    co_return co_await sts::assume_role(*over, std::move(what), renewed->keys, renewed->kind(), until, share);
}

task<result<aws::caller_identity_answer>> client::get_caller_identity(const aws::credentials& with, deadline until,
                                                                      std::string region) {
    HK_CO_TRY(const auto over, channel_of(region));
    auto out = co_await sts::get_caller_identity(*over, with, until);
    if (out || !is_stale_key(out.error())) co_return out;
    auto why = std::move(out).error();
    why.code = errc::sts_rejected;
    why.hint = "STS does not know these credentials, or they have expired.";
    co_return why;
}

task<result<aws::caller_identity_answer>> client::get_caller_identity(deadline until) {
    HK_CO_TRY(const auto over, channel_of({}));
    HK_CO_TRY(const auto identity, base_.current());
    auto out = co_await sts::get_caller_identity(*over, identity->keys, until);
    if (out || !is_stale_key(out.error())) co_return out;
    HK_CO_TRY(const auto renewed, co_await base_.refresh(identity->keys.access_key_id, until));
    if (is_same_key(renewed->keys, identity->keys)) co_return out;
    co_return co_await sts::get_caller_identity(*over, renewed->keys, until);
}

}  // namespace hourkey::sts
