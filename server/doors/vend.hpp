#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "server/doors/call.hpp"
#include "server/services.hpp"
#include "vending/vendor.hpp"

#include <optional>

namespace hourkey::server {

/// A vend as the path asks for it. A name that cannot be one may be a secret at the wrong place: it is kept nowhere,
/// not in the audit either.
[[nodiscard]] vending::vend_request vend_request_of(const call& what, policy::vend_limits limits = {});

/// The same for a connection that the body names: what the vend rests on is looked up now that the name is known.
/// Fails, on record, when the token has ended since the call was let in.
[[nodiscard]] task<result<vending::vend_request>> vend_request_for(services& with, const call& what,
                                                                   std::optional<connection_name> connection,
                                                                   policy::vend_limits limits = {});

/// Whether a protocol's clients ask once for a credential, or once for each of its fields.
enum class asked_for { whole, by_field };

/// One vend, timed and counted, within the call's time.
[[nodiscard]] task<result<vending::vended>> vend(services& with, const call& what, vending::vend_request request,
                                                 asked_for how = asked_for::whole);

/// What vend() would refuse before AWS is asked, on record.
[[nodiscard]] task<result<>> check_vend(services& with, const call& what, vending::vend_request request);

/// A denial that is the protocol's own, on record as any: what to answer.
[[nodiscard]] task<failure> refuse_vend(services& with, const call& what, vending::vend_request request, failure why);

/// Says of credentials that live shorter than was asked for why they do.
void warn_of_capped(http::response& answer, const vending::vended& v);

}  // namespace hourkey::server
