#include "emulator/assume_role.hpp"

#include "emulator/arn_text.hpp"
#include "emulator/iam_name.hpp"
#include "emulator/text.hpp"

namespace hourkey::emulator {
namespace {

bool is_external_id_character(char32_t c) noexcept { return is_name_character(c) || c == ':' || c == '/'; }

constexpr text_rule external_id_rule{2, 1224, "[\\w+=,.@:\\/-]*", is_external_id_character};
constexpr text_rule source_identity_rule{2, 64, "[\\w+=,.@-]*", is_name_character};
constexpr std::chrono::hours longest{12};

}  // namespace

outcome<assume_role_input> read_assume_role(const form& parameters, const session_tags& inherited) {
    assume_role_input in;
    violations found;
    read_role(parameters, found, in.role_arn, in.session_name);
    in.policies = read_policies(parameters, found);
    in.duration = read_duration(parameters, found, std::chrono::hours(1), longest);
    in.tags = read_tags(parameters, found);
    read_transitive_keys(parameters, found);
    if (const auto id = parameters.find("ExternalId")) {
        found.check("externalId", *id, external_id_rule);
        in.external_id = *id;
    }
    in.mfa = read_mfa(parameters, found);
    if (const auto identity = parameters.find("SourceIdentity")) {
        found.check("sourceIdentity", *identity, source_identity_rule);
        in.source_identity = *identity;
    }
    HK_CHECK(found.raise());
    HK_CHECK(check_role_arn(in.role_arn));
    HK_CHECK(check_policies(in.policies, split_arn(in.role_arn)));
    HK_CHECK(check_tags(in.tags, parameters, inherited));
    HK_TRY(in.packed_percent, packed_size(in.policies, in.tags));
    return in;
}

}  // namespace hourkey::emulator
