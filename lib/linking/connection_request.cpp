#include "linking/connection_request.hpp"

#include "aws/known_regions.hpp"

namespace hourkey::linking {
namespace {

result<> check_role(const aws::role_arn& role, const own_identity& ours) {
    if (!ours.partition.empty() && role.partition() != ours.partition)
        return invalid_field(
            "role_arn",
            "is in partition " + std::string(role.partition()) + ", and hourkey's own identity is in " + ours.partition,
            "AWS cannot assume a role across partitions: use a role of " + ours.partition + ".");
    if (role.str() == ours.principal_arn)
        return invalid_field("role_arn", "is hourkey's own identity", "Name a role of the account to deploy to.");
    return {};
}

result<> check_region(std::string_view field, const std::optional<aws::region>& region, const aws::role_arn& role,
                      const host& in) {
    if (!region) return {};
    if (!in.knows_region(*region)) return aws::unknown_region(field);
    if (region->partition().name != role.partition())
        return invalid_field(field, "is in another partition than role_arn", "Use a region of the role's partition.");
    return {};
}

}  // namespace

result<> check(const connection_request& wanted, const host& in) {
    HK_CHECK(check_role(wanted.role, in.identity()));
    HK_CHECK(check_region("region", wanted.region, wanted.role, in));
    return check_region("default_region", wanted.default_region, wanted.role, in);
}

}  // namespace hourkey::linking
