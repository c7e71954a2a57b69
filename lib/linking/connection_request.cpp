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

}  // namespace

result<> check(const connection_request& wanted, const host& in) {
    HK_CHECK(check_role(wanted.role, in.identity()));
    if (!wanted.region) return {};
    if (!in.knows_region(*wanted.region)) return aws::unknown_region();
    if (wanted.region->partition().name != wanted.role.partition())
        return invalid_field("region", "is in another partition than role_arn",
                             "Use a region of the role's partition.");
    return {};
}

}  // namespace hourkey::linking
