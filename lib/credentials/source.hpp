#pragma once

#include "aws/arn.hpp"
#include "aws/credentials.hpp"
#include "core/failure.hpp"
#include "credentials/base_credentials_settings.hpp"
#include "net/reactor.hpp"
#include "sts/channel.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hourkey::credentials {

/// What a source fetches with. What it refers to outlives every fetch.
struct fetch_tools {
    sts::channel& channel;
    net::reactor& reactor;
    const base_credentials_settings& settings;

    [[nodiscard]] deadline within(std::chrono::milliseconds time) const {
        return deadline(settings.calls.clock->steady_now() + time);
    }
};

/// What a source gives.
struct fetched_keys {
    aws::credentials keys;
    std::optional<aws::caller_identity> who = {};   ///< whose session it is, where the source says so
    std::optional<aws::role_arn> assumed = {};      ///< its role, with the path that `who` lacks
};

/// Why a source gives none. The hint goes on after its name and is told to callers, the cause stands in the log.
[[nodiscard]] inline failure unusable(std::string hint, std::string cause = {}) {
    return failure(errc::base_credentials_unavailable, {}, std::move(hint), std::move(cause));
}
[[nodiscard]] inline failure unusable_profile(const std::string& name, std::string_view what) {
    return unusable("profile " + name + " " + std::string(what));
}

}  // namespace hourkey::credentials
