#pragma once

#include "aws/sts_answer.hpp"
#include "aws/sts_request.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "net/reactor.hpp"
#include "sts/channel.hpp"
#include "sts/endpoint.hpp"
#include "sts/identity_source.hpp"
#include "sts/kept_by_region.hpp"
#include "sts/operations.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace hourkey::sts {

/// One reactor's STS: signs with the base identity, and has it replaced once when STS finds its key stale. Used on that
/// reactor's thread only. Every answer is a value that came from STS whole and strictly parsed, or a failure; nothing
/// is cached, and the base identity's keys are never handed out.
class client {
public:
    /// Channels keep pools, so their number is bounded; above what AWS has in all its partitions, so that no tenant's
    /// choice of regions drops another's.
    static constexpr std::size_t most_regions = 64;

    client(net::reactor& on, endpoint_table endpoints, identity_source& base, channel_settings settings = {});

    /// `region` empty: the configured one. Never later than `until`, but for the reactor's sweep period.
    /// Fails with invalid_request, duration_out_of_range, trust_refused (AccessDenied), sts_throttled, sts_rejected,
    /// sts_invalid_answer, sts_unavailable, sts_timeout, base_credentials_unavailable, shutting_down.
    /// `share`: what the call's retries also draw on; it outlives the call.
    [[nodiscard]] task<result<assumed_role>> assume_role(aws::assume_role_request what, deadline until,
                                                         std::string region = {}, aws::retry_bucket* share = nullptr);

    /// Whose credentials `with` are; credentials that STS does not know are sts_rejected here. `with` is owned by the
    /// caller's frame.
    [[nodiscard]] task<result<aws::caller_identity_answer>> get_caller_identity(const aws::credentials& with,
                                                                                deadline until,
                                                                                std::string region = {});
    /// Who hourkey itself is.
    [[nodiscard]] task<result<aws::caller_identity_answer>> get_caller_identity(deadline until);

private:
    [[nodiscard]] result<std::shared_ptr<channel>> channel_of(const std::string& region);

    net::reactor& on_;
    endpoint_table endpoints_;
    identity_source& base_;
    channel_settings settings_;
    kept_by_region<channel> channels_;  ///< by the region that is signed for
};

}  // namespace hourkey::sts
