#include "clients/cli/child_environment.hpp"

#include "core/time_text.hpp"

#include <algorithm>
#include <array>

#include <unistd.h>

namespace hourkey::cli {
namespace {

using names = std::span<const std::string_view>;

/// Each names, or leads to, an identity that some client takes instead. What a mode sets itself is not here.
constexpr auto of_others = std::to_array<std::string_view>(
    {"AWS_PROFILE", "AWS_DEFAULT_PROFILE",
     "AWS_SECURITY_TOKEN",  // what the session token was called
     "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
     "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
     "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_CREDENTIAL_FILE", "AWS_CREDENTIAL_PROFILES_FILE",
     "AWS_CREDENTIAL_EXPIRATION", "AWS_ACCOUNT_ID",
    // Java v1's, Ruby's and Ansible's names for keys
     "AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AMAZON_ACCESS_KEY_ID", "AMAZON_SECRET_ACCESS_KEY", "AMAZON_SESSION_TOKEN",
     "EC2_ACCESS_KEY", "EC2_SECRET_KEY", "EC2_SECURITY_TOKEN",
    // a machine's own role
     "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"});

constexpr std::array<std::string_view, 3> keys{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"};
constexpr std::array<std::string_view, 2> tokens{"HOURKEY_TOKEN", "HOURKEY_TOKEN_FILE"};

/// The Serverless Framework prefers AWS_<STAGE>_PROFILE and AWS_<STAGE>_ACCESS_KEY_ID to all else.
constexpr std::array<std::string_view, 4> of_stages{"_PROFILE", "_ACCESS_KEY_ID", "_SECRET_ACCESS_KEY",
                                                    "_SESSION_TOKEN"};

/// What a pristine child has of its caller. LC_* besides.
constexpr std::array<std::string_view, 10> plain{"PATH", "HOME", "USER", "LOGNAME", "SHELL",
                                                 "TERM", "LANG", "TZ",   "TMPDIR",  "PWD"};

bool has(names among, std::string_view name) { return std::ranges::find(among, name) != among.end(); }

std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find('=')); }

bool is_of_stage(std::string_view name) {
    constexpr std::string_view prefix = "AWS_";
    if (!name.starts_with(prefix) || has(of_others, name) || has(keys, name)) return false;
    return std::ranges::any_of(of_stages, [&](std::string_view suffix) {
        return name.ends_with(suffix) && name.size() > prefix.size() + suffix.size();
    });
}

std::vector<variable> set_for(const child_identity& who, const api::credentials& with) {
    return {{"AWS_ACCESS_KEY_ID", with.access_key_id},
            {"AWS_SECRET_ACCESS_KEY", std::string(with.secret_access_key.expose())},
            {"AWS_SESSION_TOKEN", std::string(with.session_token.expose())},
            {"AWS_CREDENTIAL_EXPIRATION", to_rfc3339(with.expiration)},
            {"AWS_ACCOUNT_ID", with.account_id},
            {"HOURKEY_CONNECTION", who.connection}};
}

std::vector<variable> set_for(const child_identity& who, const credentials_endpoint& at) {
    return {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", at.uri},
            {"AWS_CONTAINER_AUTHORIZATION_TOKEN", std::string(at.token.expose())},
            {"AWS_SHARED_CREDENTIALS_FILE", at.credentials_file},
            {"AWS_CONFIG_FILE", at.config_file},
            {"AWS_SDK_LOAD_CONFIG", "1"},  // or JavaScript v2 looks for the user's own file nevertheless
            {"HOURKEY_CONNECTION", who.connection}};
}

}  // namespace

environment_changes changes_for(const child_identity& who, std::span<const std::string_view> entries) {
    environment_changes out;
    out.set = std::visit([&](const auto* from) { return set_for(who, *from); }, who.from);
    // Some clients sign with an instance's role, in silence, when theirs have run out or cannot be had.
    out.set.push_back({"AWS_EC2_METADATA_DISABLED", "true"});
    if (who.region) {
        out.set.push_back({"AWS_REGION", *who.region});
        out.set.push_back({"AWS_DEFAULT_REGION", *who.region});
    }
    for (const auto entry : entries) {
        const auto name = name_of(entry);
        const auto is_set = std::ranges::find(out.set, name, &variable::name) != out.set.end();
        const auto is_of_a_stage = is_of_stage(name);
        const auto must_go =
            has(of_others, name) || has(keys, name) || is_of_a_stage || (!who.keeps_token && has(tokens, name));
        if (is_set || !must_go || std::ranges::find(out.unset, name) != out.unset.end()) continue;
        out.unset.emplace_back(name);
        if (is_of_a_stage)
            out.notes.push_back(std::string(name) + " is left out, which the Serverless Framework would take instead.");
    }
    return out;
}

std::vector<std::string> stage_variables(std::span<const std::string_view> entries) {
    std::vector<std::string> out;
    for (const auto entry : entries)
        if (const auto name = name_of(entry); is_of_stage(name)) out.emplace_back(name);
    return out;
}

environment_changes changes_in_any_environment(const child_identity& who) {
    std::vector<std::string_view> all(of_others.begin(), of_others.end());
    all.insert(all.end(), keys.begin(), keys.end());
    if (!who.keeps_token) all.insert(all.end(), tokens.begin(), tokens.end());
    return changes_for(who, all);
}

std::vector<std::string> changed(std::span<const std::string_view> entries, const environment_changes& changes,
                                 inheritance what) {
    std::vector<std::string> out;
    for (const auto entry : entries) {
        const auto name = name_of(entry);
        if (what == inheritance::pristine && !has(plain, name) && !name.starts_with("LC_")) continue;
        if (std::ranges::find(changes.unset, name) != changes.unset.end()) continue;
        if (std::ranges::find(changes.set, name, &variable::name) != changes.set.end()) continue;
        out.emplace_back(entry);
    }
    for (const auto& [name, value] : changes.set) out.push_back(name + "=" + value);
    return out;
}

std::vector<std::string_view> own_entries() {
    std::vector<std::string_view> out;
    for (char** at = ::environ; at != nullptr && *at != nullptr; ++at) out.emplace_back(*at);
    return out;
}

}  // namespace hourkey::cli
