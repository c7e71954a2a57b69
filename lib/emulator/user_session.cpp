#include "emulator/user_session.hpp"

#include "emulator/iam_name.hpp"

namespace hourkey::emulator {
namespace {

constexpr text_rule user_name_rule{2, 32, "[\\w+=,.@-]*", is_name_character};
constexpr std::chrono::hours usual{12}, longest{36};

}  // namespace

outcome<session_token_input> read_session_token(const form& parameters) {
    session_token_input in;
    violations found;
    in.duration = read_duration(parameters, found, usual, longest);
    in.mfa = read_mfa(parameters, found);
    HK_CHECK(found.raise());
    return in;
}

outcome<federation_token_input> read_federation_token(const form& parameters, const arn_parts& caller) {
    federation_token_input in;
    violations found;
    const auto name = parameters.find("Name");
    found.check_required("name", name, user_name_rule);
    in.policies = read_policies(parameters, found);
    in.duration = read_duration(parameters, found, usual, longest);
    in.tags = read_tags(parameters, found);
    HK_CHECK(found.raise());
    in.name = *name;
    HK_CHECK(check_policies(in.policies, caller));
    HK_CHECK(check_tags(in.tags, {}, {}));
    HK_TRY(in.packed_percent, packed_size(in.policies, in.tags));
    return in;
}

}  // namespace hourkey::emulator
