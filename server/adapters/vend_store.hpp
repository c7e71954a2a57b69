#pragma once

#include "linking/open_findings.hpp"
#include "policy/refusal_counts.hpp"
#include "server/adapters/vend_views.hpp"
#include "store/database.hpp"
#include "vending/ports.hpp"

namespace hourkey::server {

/// vending's store over ours.
class store_for_vends final : public vending::vend_store {
public:
    store_for_vends(store::database& database, vend_views& views, const linking::open_findings& findings,
                    policy::refusal_counts& refusals, const clock_source& clock)
        : database_(database), views_(views), findings_(findings), refusals_(refusals), clock_(clock) {}

    [[nodiscard]] task<result<view_ptr>> read_anew(const model::principal& who,
                                                   const connection_name& connection) override;
    [[nodiscard]] task<result<>> commit(model::principal who, model::audit_record record,
                                        authorization_basis under) override;
    /// A denial that has an equal one on record is only counted.
    [[nodiscard]] task<result<>> commit(model::audit_record record) override;

private:
    store::database& database_;
    vend_views& views_;
    const linking::open_findings& findings_;
    policy::refusal_counts& refusals_;
    const clock_source& clock_;
};

}  // namespace hourkey::server
