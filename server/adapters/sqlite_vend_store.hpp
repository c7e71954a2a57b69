#pragma once

#include "linking/open_findings.hpp"
#include "policy/refusal_counts.hpp"
#include "store/database.hpp"
#include "vending/ports.hpp"

namespace hourkey::server {

/// vending's store over ours: facts from this reactor's read handle, records through the one writer.
class sqlite_vend_store final : public vending::vend_store {
public:
    sqlite_vend_store(store::database& database, store::reader& reader, const linking::open_findings& findings, policy::refusal_counts& refusals,
                      const clock_source& clock)
        : database_(database), reader_(reader), findings_(findings), refusals_(refusals), clock_(clock) {}

    [[nodiscard]] result<model::vend_facts> read_facts(const model::caller& who, const connection_name& connection) override;
    [[nodiscard]] task<result<>> commit(model::caller who, model::audit_record record, allowance under) override;
    /// A denial that has an equal one on record is only counted.
    [[nodiscard]] task<result<>> commit(model::audit_record record) override;

private:
    store::database& database_;
    store::reader& reader_;
    const linking::open_findings& findings_;
    policy::refusal_counts& refusals_;
    const clock_source& clock_;
};

}  // namespace hourkey::server
