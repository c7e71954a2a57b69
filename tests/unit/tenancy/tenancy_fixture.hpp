#pragma once

#include "tenancy/change.hpp"
#include "unit/store_sqlite/temporary_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hourkey::tenancy {

/// A store with one tenant and one of its admins.
struct tenancy_fixture {
    test::temporary_store store;
    std::optional<model::tenant> acme;
    model::token admin;

    tenancy_fixture() {
        store.open();
        acme = store.add_tenant("acme");
        admin = store.add_token(model::role::admin, acme, {});
    }
    [[nodiscard]] asker admin_asks() const {
        return {.caller = model::principal_of(admin),
                .request_id = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                .client_address = "192.0.2.7",
                .asked_at = store.clock.now(),
                .tenant_id = acme->id,
                .tenant = acme->name};
    }
    [[nodiscard]] std::vector<model::audit_record> trail() {
        return test::must(store.reader()->read_chain(0, 100)).records;
    }
};

}  // namespace hourkey::tenancy
