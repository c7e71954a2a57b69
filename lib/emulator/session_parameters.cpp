#include "emulator/session_parameters.hpp"

#include "core/number.hpp"
#include "emulator/code_point.hpp"
#include "emulator/iam_name.hpp"
#include "emulator/session_policy.hpp"
#include "emulator/text.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace hourkey::emulator {
namespace {

bool is_one_of(char32_t c, std::string_view set) noexcept {
    return c < 0x80 && set.find(static_cast<char>(c)) != std::string_view::npos;
}
bool is_ascii_word(char32_t c) noexcept { return c < 0x80 && is_word(static_cast<char>(c)); }
bool is_tag_character(char32_t c) noexcept { return is_letter_number_or_separator(c) || is_one_of(c, "_.:/=+-@"); }
bool is_serial_character(char32_t c) noexcept { return is_ascii_word(c) || is_one_of(c, "+=/:,.@-"); }
bool is_code_digit(char32_t c) noexcept { return c >= '0' && c <= '9'; }
bool is_policy_character(char32_t c) noexcept { return is_one_of(c, "\t\n\r") || (c >= 0x20 && c <= 0xFF); }
bool is_arn_character(char32_t c) noexcept {
    return is_one_of(c, "\t\n\r") || (c >= 0x20 && c <= 0x7E) || c == 0x85 || (c >= 0xA0 && c <= 0xD7FF) ||
           (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
}

constexpr text_rule arn_rule{
    20, 2048, "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+",
    is_arn_character};
constexpr text_rule session_name_rule{2, 64, "[\\w+=,.@-]*", is_name_character};
constexpr text_rule policy_rule{1, 2048, "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", is_policy_character};
constexpr text_rule tag_key_rule{1, 128, "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+", is_tag_character};
constexpr text_rule tag_value_rule{0, 256, "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*", is_tag_character};
constexpr text_rule serial_rule{9, 256, "[\\w+=/:,.@-]*", is_serial_character};
constexpr text_rule code_rule{6, 6, "[\\d]*", is_code_digit};
constexpr std::size_t most_policy_arns = 10;
constexpr std::size_t most_tags = 50;
constexpr std::size_t packed_space = 2048;

sts_error invalid_value(std::string message) { return {400, "InvalidParameterValue", std::move(message)}; }

/// `NAME.member.N[.FIELD]`, by number: one map of fields for each N, a plain value under "".
std::map<unsigned, std::map<std::string_view, std::string_view>> members(const form& parameters,
                                                                         std::string_view name) {
    std::map<unsigned, std::map<std::string_view, std::string_view>> all;
    const auto start = std::string(name) + ".member.";
    for (const auto& [key, value] : parameters.fields()) {
        if (!key.starts_with(start)) continue;
        auto field = std::string_view(key).substr(start.size());
        if (const auto number = parse_number<unsigned>(take_until(field, '.'))) all[*number].try_emplace(field, value);
    }
    return all;
}

std::string member_of(std::string_view list, unsigned number, std::string_view field) {
    std::string path(list);
    path.append(".").append(std::to_string(number)).append(".member");
    if (!field.empty()) path.append(".").append(field);
    return path;
}

std::optional<std::string_view> field_of(const std::map<std::string_view, std::string_view>& fields,
                                         std::string_view name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::nullopt : std::optional(found->second);
}

/// A managed policy of the owner's partition, and of its account or of AWS.
bool is_policy_arn(const arn_parts& p, const arn_parts& owner) noexcept {
    constexpr std::string_view type = "policy/";
    return p.partition == owner.partition && p.service == "iam" && p.region.empty() &&
           (p.account == owner.account || p.account == "aws") && p.resource.starts_with(type) &&
           is_path_and_name(p.resource.substr(type.size()), longest_policy_name);
}

}  // namespace

session_policies read_policies(const form& parameters, violations& found) {
    session_policies out;
    const auto listed = members(parameters, "PolicyArns");
    found.check_length("policyArns", "[" + std::to_string(listed.size()) + " members]", listed.size(), 0,
                       most_policy_arns);
    for (const auto& [number, fields] : listed) {
        const auto arn = field_of(fields, "arn");
        found.check_required(member_of("policyArns", number, "arn"), arn, arn_rule);
        out.arns.emplace_back(arn.value_or(""));
    }
    if (const auto policy = parameters.find("Policy")) {
        found.check("policy", *policy, policy_rule);
        out.policy = *policy;
    }
    return out;
}

outcome<> check_policies(const session_policies& policies, const arn_parts& owner) {
    for (const auto& arn : policies.arns)
        if (!is_policy_arn(split_arn(arn), owner)) return validation_error("ARN " + arn + " is not valid.");
    const std::set<std::string_view> distinct(policies.arns.begin(), policies.arns.end());
    if (distinct.size() != policies.arns.size()) return invalid_value("Duplicate policy ARNs found.");
    if (policies.policy.empty()) return {};
    return check_session_policy(policies.policy);
}

session_tags read_tags(const form& parameters, violations& found) {
    session_tags tags;
    const auto listed = members(parameters, "Tags");
    found.check_length("tags", "[" + std::to_string(listed.size()) + " members]", listed.size(), 0, most_tags);
    for (const auto& [number, fields] : listed) {
        const auto key = field_of(fields, "Key"), value = field_of(fields, "Value");
        found.check_required(member_of("tags", number, "key"), key, tag_key_rule);
        found.check_required(member_of("tags", number, "value"), value, tag_value_rule);
        tags.push_back({std::string(key.value_or("")), std::string(value.value_or("")), false});
    }
    return tags;
}

void read_transitive_keys(const form& parameters, violations& found) {
    const auto listed = members(parameters, "TransitiveTagKeys");
    found.check_length("transitiveTagKeys", "[" + std::to_string(listed.size()) + " members]", listed.size(), 0,
                       most_tags);
    for (const auto& [number, fields] : listed)
        found.check_required(member_of("transitiveTagKeys", number, ""), field_of(fields, ""), tag_key_rule);
}

outcome<> check_tags(session_tags& tags, const form& parameters, const session_tags& inherited) {
    std::set<std::string> keys;
    for (const auto& tag : tags) {
        auto key = lowered(tag.key);
        if (key.starts_with("aws:")) return invalid_value("System tags cannot be added or updated by requester.");
        if (!keys.insert(std::move(key)).second)
            return invalid_value("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    for (const auto& tag : inherited)
        if (tag.is_transitive && keys.contains(lowered(tag.key)))
            return invalid_value(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key "
                "from the calling session.");
    for (const auto& [number, fields] : members(parameters, "TransitiveTagKeys")) {
        const auto wanted = field_of(fields, "").value_or("");
        const auto tag =
            std::ranges::find_if(tags, [&](const session_tag& t) { return lowered(t.key) == lowered(wanted); });
        if (tag == tags.end())
            return invalid_value("The specified transitive tag key must be included in the requested tags.");
        tag->is_transitive = true;
    }
    return {};
}

outcome<std::optional<unsigned>> packed_size(const session_policies& policies, const session_tags& tags) {
    auto plain = characters(policies.policy);
    for (const auto& arn : policies.arns) plain += characters(arn);
    for (const auto& tag : tags) plain += characters(tag.key) + characters(tag.value);
    if (plain == 0) return std::optional<unsigned>{};
    const auto percent =
        static_cast<unsigned>(std::max<std::size_t>(1, (plain * 100 + packed_space - 1) / packed_space));
    if (percent > 100)
        return sts_error{
            400, "PackedPolicyTooLarge",
            "Packed policy consumes " + std::to_string(percent) + "% of allotted space, please use smaller policy."};
    return std::optional(percent);
}

std::chrono::seconds read_duration(const form& parameters, violations& found, std::chrono::seconds if_absent,
                                   std::chrono::seconds most) {
    const auto text = parameters.find("DurationSeconds");
    if (!text) return if_absent;
    const auto seconds = parse_number<int>(*text);
    if (!seconds) found.add("durationSeconds", *text, "Member must be a whole number of seconds");
    if (seconds && *seconds < 900)
        found.add("durationSeconds", *text, "Member must have value greater than or equal to 900");
    if (seconds && *seconds > most.count())
        found.add("durationSeconds", *text,
                  "Member must have value less than or equal to " + std::to_string(most.count()));
    return std::chrono::seconds(seconds.value_or(0));
}

mfa_claim read_mfa(const form& parameters, violations& found) {
    const auto serial = parameters.find("SerialNumber"), code = parameters.find("TokenCode");
    if (serial) found.check("serialNumber", *serial, serial_rule);
    if (code) found.check("tokenCode", *code, code_rule);
    return {std::string(serial.value_or("")), std::string(code.value_or(""))};
}

void read_role(const form& parameters, violations& found, std::string& role_arn, std::string& session_name) {
    const auto arn = parameters.find("RoleArn"), name = parameters.find("RoleSessionName");
    found.check_required("roleArn", arn, arn_rule);
    found.check_required("roleSessionName", name, session_name_rule);
    role_arn = arn.value_or("");
    session_name = name.value_or("");
}

outcome<> check_role_arn(std::string_view role_arn) {
    const auto parts = split_arn(role_arn);
    if (parts.resource.empty() || parts.partition.empty() || parts.service.empty())
        return validation_error(std::string(role_arn) + " is invalid");
    const bool is_role = is_of_account(parts) && parts.service == "iam" && parts.resource.starts_with("role/") &&
                         !parts.resource.ends_with('/');
    if (!is_role) return validation_error("Request ARN is invalid");
    return {};
}

}  // namespace hourkey::emulator
