#include "emulator/assume_role.hpp"

#include "emulator/text.hpp"

#include <algorithm>
#include <set>

namespace hourkey::emulator {
namespace {

struct limit {
    std::string_view parameter;
    std::size_t least, most;
    std::string_view also;  ///< characters besides \w
};

constexpr limit role_arn_limit{"roleArn", 20, 2048, {}};
constexpr limit session_name_limit{"roleSessionName", 2, 64, "+=,.@-"};
constexpr limit external_id_limit{"externalId", 2, 1224, "+=,.@:/-"};
constexpr limit source_identity_limit{"sourceIdentity", 2, 64, "+=,.@-"};
constexpr std::size_t most_policy_characters = 2048;
constexpr std::size_t most_policy_arns = 10;
constexpr std::size_t most_tags = 50;

sts_error constraint(std::string_view parameter, std::string_view value, std::string_view rule) {
    return validation_error("1 validation error detected: Value '" + std::string(value) + "' at '" + std::string(parameter) +
                            "' failed to satisfy constraint: " + std::string(rule));
}

/// AWS counts characters, not bytes.
std::size_t characters(std::string_view utf8) noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

outcome<> check_length(std::string_view value, const limit& l) {
    const auto size = characters(value);
    if (size < l.least) return constraint(l.parameter, value, "Member must have length greater than or equal to " + std::to_string(l.least));
    if (size > l.most) return constraint(l.parameter, value, "Member must have length less than or equal to " + std::to_string(l.most));
    return {};
}

outcome<> check_text(std::string_view value, const limit& l) {
    HK_CHECK(check_length(value, l));
    const bool fits = std::ranges::all_of(value, [&](char c) { return is_word(c) || l.also.find(c) != std::string_view::npos; });
    if (!fits) return constraint(l.parameter, value, "Member must satisfy regular expression pattern: [\\w" + std::string(l.also) + "]*");
    return {};
}

outcome<> check_policy(const assume_role_input& in) {
    if (in.policy_arns > most_policy_arns) {
        return constraint("policyArns", std::to_string(in.policy_arns) + " members", "Member must have length less than or equal to 10");
    }
    if (in.policy.empty()) return {};
    if (characters(in.policy) > most_policy_characters)
        return sts_error{400, "PackedPolicyTooLarge", "Packed policy consumes more than 100% of allotted space."};
    // The emulator reads no JSON; a text that is no object at all is what clients get wrong.
    const auto first = in.policy.find_first_not_of(" \t\r\n");
    const auto last = in.policy.find_last_not_of(" \t\r\n");
    if (first == std::string::npos || in.policy[first] != '{' || in.policy[last] != '}') {
        return sts_error{400, "MalformedPolicyDocument", "Syntax errors in policy."};
    }
    return {};
}

outcome<> check_tags(const form& parameters) {
    std::set<std::string> keys;
    for (const auto& [name, value] : parameters.fields()) {
        if (!name.starts_with("Tags.member.")) continue;
        if (name.ends_with(".Value") && characters(value) > 256) return constraint("tags.value", value, "Member must have length less than or equal to 256");
        if (!name.ends_with(".Key")) continue;
        HK_CHECK(check_length(value, {"tags.key", 1, 128, {}}));
        std::string key(value);
        std::ranges::transform(key, key.begin(), lower);
        if (key.starts_with("aws:")) return validation_error("Tag keys starting with aws: are reserved.");
        if (!keys.insert(key).second) return validation_error("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    if (keys.size() > most_tags) return constraint("tags", std::to_string(keys.size()) + " members", "Member must have length less than or equal to 50");
    return {};
}

outcome<std::chrono::seconds> read_duration(const form& parameters) {
    const auto text = parameters.find("DurationSeconds");
    if (!text) return std::chrono::seconds(3600);
    const auto seconds = parse_number<int>(*text);
    if (!seconds) return validation_error("'" + std::string(*text) + "' at 'durationSeconds' is not an integer");
    if (*seconds < 900) return constraint("durationSeconds", *text, "Member must have value greater than or equal to 900");
    if (*seconds > 43200) return constraint("durationSeconds", *text, "Member must have value less than or equal to 43200");
    return std::chrono::seconds(*seconds);
}

}  // namespace

outcome<assume_role_input> read_assume_role(const form& parameters) {
    assume_role_input in;
    const auto role_arn = parameters.find("RoleArn");
    if (!role_arn) return constraint("roleArn", "null", "Member must not be null");
    const auto session_name = parameters.find("RoleSessionName");
    if (!session_name) return constraint("roleSessionName", "null", "Member must not be null");
    HK_CHECK(check_length(*role_arn, role_arn_limit));
    if (!role_arn->starts_with("arn:")) return validation_error(std::string(*role_arn) + " is invalid");
    HK_CHECK(check_text(*session_name, session_name_limit));
    in.role_arn = *role_arn;
    in.session_name = *session_name;
    HK_TRY(in.duration, read_duration(parameters));
    if (const auto id = parameters.find("ExternalId")) {
        HK_CHECK(check_text(*id, external_id_limit));
        in.external_id = *id;
    }
    if (const auto identity = parameters.find("SourceIdentity")) {
        HK_CHECK(check_text(*identity, source_identity_limit));
        in.source_identity = *identity;
    }
    if (const auto policy = parameters.find("Policy")) {
        HK_CHECK(check_length(*policy, {"policy", 1, 1U << 20U, {}}));
        in.policy = *policy;
    }
    in.policy_arns =
        static_cast<std::size_t>(std::ranges::count_if(parameters.fields(), [](const auto& f) { return f.first.starts_with("PolicyArns.member."); }));
    HK_CHECK(check_policy(in));
    HK_CHECK(check_tags(parameters));
    return in;
}

}  // namespace hourkey::emulator
