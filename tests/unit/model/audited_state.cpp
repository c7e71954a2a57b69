#include "model/audited_state.hpp"

#include <doctest/doctest.h>

using namespace hourkey;

namespace {

model::connection prod() {
    return {.tenant_id = {},
            .name = *connection_name::parse("prod"),
            .role_arn = *aws::role_arn::parse("arn:aws:iam::123456789012:role/deploy"),
            .account_id = {},
            .region = {},
            .external_id = *aws::external_id::parse("hk-1"),
            .created_at = wall_time{},
            .verified_at = {}};
}

}  // namespace

TEST_CASE("A connection that says nothing to clients is on record as before they were asked") {
    CHECK(audited_state(prod()).canonical() ==
          "name:s4:prod,kind:s4:role,state:s7:pending,role_arn:s37:arn:aws:iam::123456789012:role/deploy,"
          "external_id:s4:hk-1,created_at:t0,");
}

TEST_CASE("A connection's region for clients and its sharing are on record") {
    auto c = prod();
    c.region = *aws::region::parse("us-east-1");
    c.default_region = *aws::region::parse("eu-west-1");
    c.sharing = model::session_sharing::job;
    CHECK(audited_state(c).canonical() ==
          "name:s4:prod,kind:s4:role,state:s7:pending,role_arn:s37:arn:aws:iam::123456789012:role/deploy,"
          "region:s9:us-east-1,default_region:s9:eu-west-1,external_id:s4:hk-1,session_sharing:s3:job,created_at:t0,");
}
